"""What happened to one public item since it came out, for its feed: versions, validity, and the
items that explain, answer for, end or cite it."""

from collections.abc import Iterable

from gongkai.core.models import Fact
from gongkai.portal.feeds import Happening
from gongkai.portal.item_page import version_path
from gongkai.portal.selectors import public_told_of
from gongkai.publishing.enums import ChangeKind, Validity
from gongkai.publishing.lifecycle import ACTIONS
from gongkai.publishing.models import Item, ItemVersion
from gongkai.publishing.placing import item_path
from gongkai.publishing.rules_kinds import RELATIONS
from gongkai.publishing.selectors import Links, public_relations, public_versions

SIZE = 50
_CHANGES = {action: validity for validity, (action, _) in ACTIONS.items()}


def public_life(item: Item) -> list[Happening]:
    """Everything that happened, newest first, at most fifty; four queries."""
    events = [*_versions(item, public_versions(item)), *_validity(item)]
    events += _sources(public_relations(item))
    return sorted(events, key=lambda event: event.at, reverse=True)[:SIZE]


def _versions(item: Item, versions: Iterable[ItemVersion]) -> Iterable[Happening]:
    for version in versions:
        first = version.number == 1
        word = ChangeKind(version.change_kind).label if version.change_kind else "重新发布"
        path = item_path(item.pk)
        current = version.number == item.version or version.sealed
        yield Happening(
            version.released_at,
            f"v{version.number}",
            f"发布：{item.title}" if first else f"{word}（第 {version.number} 版）：{item.title}",
            "第一次公开。" if first else version.change_note,
            path if current else version_path(item.pk, version.number),
        )


def _validity(item: Item) -> Iterable[Happening]:
    rows = Fact.objects.filter(
        subject_kind="item", subject_id=str(item.pk), action__in=list(_CHANGES)
    ).order_by("-occurred_at")
    for fact in rows[:SIZE]:
        word = Validity(_CHANGES[fact.action]).label
        yield Happening(
            fact.occurred_at, f"f{fact.pk}", f"{word}：{item.title}", "", item_path(item.pk)
        )


def _sources(links: Links) -> Iterable[Happening]:
    """What refers to the item, at the time when it was published itself."""
    words = {other.id: "有了解读" for other in links.interpretations}
    words |= {other.id: "有了问答" for other in links.answers}
    words |= {other.id: RELATIONS[relation][1] for relation, other in links.into}
    for told in public_told_of(list(words)[:SIZE]):
        yield Happening(
            told.published_at,
            f"i{told.id}",
            f"{words[told.id]}：{told.title}",
            told.summary,
            told.path,
            told.unit,
        )
