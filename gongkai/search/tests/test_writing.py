import threading
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction

from gongkai.core import facts, jobs
from gongkai.core.actors import Actor
from gongkai.core.clock import SHANGHAI
from gongkai.search import finding, index, writing
from gongkai.search.entries import PUBLIC, Entry, Source, number_of, register_source
from gongkai.search.query import ask
from gongkai.search.tests.world import Shelf, fill, shelf

NOW = datetime(2022, 10, 18, 9, tzinfo=SHANGHAI)
pytestmark = pytest.mark.django_db
facts.register_actions({"search.thing.changed": "测试变更", "search.thing.purged": "测试清除"})


@pytest.fixture
def things(db: Any) -> Iterator[Shelf]:
    with shelf() as found:
        fill(found)
        yield found


@pytest.fixture
def follower(things: Shelf) -> Iterator[writing.Follower]:
    found = writing.Follower(PUBLIC)
    yield found
    found.close()


def changed(number: int | str, action: str = "search.thing.changed", kind: str = "thing") -> None:
    with transaction.atomic():
        facts.record(
            action=action, subject=(kind, number), actor=Actor.system("test"), occurred_at=NOW
        )
    facts.seal()


def titles(text: str) -> set[str]:
    found = finding.find(PUBLIC, ask(text), today=date(2022, 10, 18), size=50)
    return {row.stored.title for row in found.rows if row.strict}


def test_the_first_step_builds_what_is_missing(follower: writing.Follower) -> None:
    assert index.current(PUBLIC) is None
    follower.step()
    assert titles("财政") == {"长沙市财政局概况"}


def test_a_fact_brings_a_change_in(things: Shelf, follower: writing.Follower) -> None:
    follower.step()
    things.put(6, "长沙市税务局概况")
    assert titles("财政局概况")
    changed(6)
    assert jobs.follow(follower) == 1
    assert titles("税务局") == {"长沙市税务局概况"} and not titles("财政局概况")


def test_a_record_that_is_gone_leaves_the_index(things: Shelf, follower: writing.Follower) -> None:
    follower.step()
    del things.rows[6]
    changed(6)
    jobs.follow(follower)
    assert not titles("财政局概况")


def test_facts_about_others_change_nothing(things: Shelf, follower: writing.Follower) -> None:
    follower.step()
    things.put(6, "改了，但没有人说")
    changed("x6")
    changed(6, kind="other")
    assert jobs.follow(follower) == 2
    assert titles("财政局概况")


def test_what_is_the_same_is_not_written_again(things: Shelf, follower: writing.Follower) -> None:
    follower.step()
    generation = index.current(PUBLIC)
    assert generation is not None
    before = (generation / "meta.json").stat().st_mtime_ns
    changed(6)
    jobs.follow(follower)
    assert (generation / "meta.json").stat().st_mtime_ns == before


def test_unsealed_facts_wait(things: Shelf, follower: writing.Follower) -> None:
    follower.step()
    with transaction.atomic():
        facts.record(
            action="search.thing.changed",
            subject=("thing", 6),
            actor=Actor.system("test"),
            occurred_at=NOW,
        )
    assert follower.step() == 0
    facts.seal()
    assert follower.step() == 1


def test_a_lost_index_is_built_again(things: Shelf, follower: writing.Follower) -> None:
    import shutil

    follower.step()
    shutil.rmtree(index.folder(PUBLIC))
    assert finding.find(PUBLIC, ask("财政"), today=date(2022, 10, 18)).ready is False
    follower.step()
    assert titles("财政")


def test_an_index_of_another_database_is_built_again(
    things: Shelf, follower: writing.Follower
) -> None:
    changed(6)
    follower.step()
    generation = index.current(PUBLIC)
    assert generation is not None
    index.write_state(generation, {"cursor": 1, "chain": "of another history"})
    things.put(6, "从备份恢复之后的题目")
    follower.step()
    assert index.current(PUBLIC) != generation and titles("备份恢复")


def test_fields_of_another_version_are_built_again(
    follower: writing.Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower.step()
    monkeypatch.setattr(index, "VERSION", index.VERSION + 1)
    assert index.searcher(PUBLIC) is None
    follower.step()
    assert titles("财政")


def test_readers_see_a_rebuild_at_once_and_old_ones_keep_theirs(things: Shelf) -> None:
    writing.rebuild(PUBLIC)
    old = index.searcher(PUBLIC)
    assert old is not None
    things.put(6, "长沙市税务局概况")
    writing.rebuild(PUBLIC)
    assert titles("税务局") and old.num_docs == 10
    assert sum(path.is_dir() for path in index.folder(PUBLIC).iterdir()) == 1


def test_an_interrupted_build_goes_on(things: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BATCH", 2)
    monkeypatch.setattr(writing, "KEEP_EVERY", 4)
    done = []

    def progress(count: int) -> None:
        done.append(count)
        if len(done) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writing.rebuild(PUBLIC, progress=progress)
    assert index.current(PUBLIC) is None
    things.put(7, "这期间改了的一条")
    changed(7)
    reads = things.reads
    writing.rebuild(PUBLIC)
    assert things.reads - reads <= 5
    searcher = index.searcher(PUBLIC)
    assert searcher is not None and searcher.num_docs == 10
    assert titles("这期间") == {"这期间改了的一条"}
    assert writing.compare(PUBLIC).records == []


def test_two_builds_at_once_are_refused(things: Shelf) -> None:
    with writing._alone(PUBLIC) as alone:
        assert alone
        with pytest.raises(BlockingIOError):
            writing.rebuild(PUBLIC)


def test_a_second_worker_waits(things: Shelf, follower: writing.Follower) -> None:
    follower.step()
    other = writing.Follower(PUBLIC)
    changed(6)
    assert other.step() == 0
    follower.close()
    assert other.step() == 1
    other.close()


def test_what_was_deleted_for_good_is_in_no_file(
    things: Shelf, follower: writing.Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_SCRUBBED_BY", {"search.thing.purged"})
    things.put(20, "麒麟彧铄的行程", "麒麟彧铄去过甪端桥")
    follower.step()

    def somewhere() -> bool:
        files = [path for path in index.folder(PUBLIC).rglob("*") if path.is_file()]
        return any("彧铄".encode() in path.read_bytes() for path in files)

    assert somewhere()
    del things.rows[20]
    changed(20, "search.thing.purged")
    jobs.follow(follower)
    assert not somewhere() and titles("财政")


def test_check_tells_and_mends_drift(things: Shelf, follower: writing.Follower) -> None:
    follower.step()
    things.put(6, "改了的题目")
    things.put(30, "新的一条")
    del things.rows[1]
    drift = writing.compare(PUBLIC)
    assert (drift.missing, drift.stale, drift.surplus) == (["thing:30"], ["thing:6"], ["thing:1"])
    assert writing.mend(PUBLIC, drift, actor=Actor.system("test"), now=NOW) == 3
    facts.seal()
    jobs.follow(follower)
    assert writing.compare(PUBLIC).records == []


def test_parts_of_a_record_go_together(follower: writing.Follower, things: Shelf) -> None:
    def part(name: str) -> Entry:
        return Entry("thing", 40, f"办法 {name}", "条文", part=name, version="1")

    things.rows[40] = [part("第一条"), part("第二条"), part("第三条")]
    follower.step()
    assert len(titles("办法 条文")) == 3
    things.rows[40] = [part("第一条")]
    changed(40)
    jobs.follow(follower)
    assert titles("办法 条文") == {"办法 第一条"}


def test_the_worker_seals_and_follows_in_a_thread_of_its_own(
    things: Shelf, transactional_db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_FOLLOWERS", {"search.public": writing.Follower(PUBLIC)})
    stop, seen = threading.Event(), threading.Event()

    def read(ids: Any) -> Any:
        found = list(Shelf.read(things, ids))
        if any(entry.title == "线程里看到的" for entry in found):
            seen.set()
        return found

    register_source(Source("thing", "物件", PUBLIC, read, things.ids))
    thread = threading.Thread(
        target=jobs.keep_following, args=("search.public", stop), kwargs={"pause": 0.01}
    )
    thread.start()
    try:
        things.put(6, "线程里看到的")
        with transaction.atomic():
            facts.record(
                action="search.thing.changed",
                subject=("thing", 6),
                actor=Actor.system("test"),
                occurred_at=NOW,
            )
        assert seen.wait(10)
    finally:
        stop.set()
        thread.join(10)


def test_serials_differ() -> None:
    assert len({number_of(f"item:{n}") for n in range(20_000)}) == 20_000
    assert 0 <= number_of("x") < 2**63


def test_tick_takes_one_step(things: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_FOLLOWERS", {"search.public": writing.Follower(PUBLIC)})
    monkeypatch.setattr(jobs, "_JOBS", {})
    jobs.tick(NOW)
    assert titles("财政")
