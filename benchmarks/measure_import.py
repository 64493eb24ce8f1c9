"""``python -m benchmarks.measure_import FOLDER``: bring in 1,492 real documents and print figures.

FOLDER holds ``policy/hebei_docs.jsonl.gz``: a crawl of five disclosure columns with three date
forms, rows without a date, and attachments that were never fetched. These texts are not part of
the repository. Everything happens in a scratch database that is removed afterwards.
"""

import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import scratch

DOCUMENTS = "policy/hebei_docs.jsonl.gz"
MAPPING: dict[str, Any] = {
    "version": 1,
    "source": "五个公开专栏",
    "hosts": ["kjt.hebei.gov.cn", "rst.hebei.gov.cn", "jyt.hebei.gov.cn", "gxt.hebei.gov.cn"],
    "near_duplicates": "keep",
    "fields": {
        "title": "title",
        "body": {"from": "text", "as": "text"},
        "original_on": "date",
        "kind": {
            "from": "column",
            "map": {
                "政策解读": "interpretation", "厅规范性文件": "policy", "国家政策文件": "policy",
                "人力资源社会保障部文件": "policy", "省政府政策文件": "policy", "科技政策": "policy",
                "省委省政府文件": "policy", "人民政府_政府规章": "policy",
            },
            "default": "notice",
        },
        "unit": {
            "from": "unit",
            "map": {
                "5科学技术厅-政府信息公开": "kjj", "2人力资源和社会保障厅-政府信息公开": "rsj",
                "3人民政府-政府信息公开": "szfb", "7教育厅-政府信息公开": "jyj",
                "6工业和信息化厅-政府信息公开": "gxj",
            },
        },
        "validity": "status",
        "urls": "url",
        "attachments": {"from": "attach", "split": ";"},
        "interprets": {"from": "title", "as": "title"},
    },
}  # fmt: skip


def measure(path: Path) -> None:
    """Read, approve and release; print what came of the rows and where the time went."""
    from gongkai.core.clock import at, now
    from gongkai.legacy import preparing, sources
    from gongkai.legacy.attachments import NoFiles
    from gongkai.legacy.mapping import check_mapping
    from gongkai.legacy.models import Redirect, RowIssue
    from gongkai.legacy.releasing import release_on
    from gongkai.legacy.services import run_submit
    from gongkai.organisations.access import system_member
    from gongkai.publishing.models import Item, ItemLink
    from gongkai.review import services as review

    scratch.load_reference()
    desk = scratch.staff("zwgkb")
    mapping = check_mapping(MAPPING)
    # The documents reach into 2024: they are read in on the day of measuring.
    today = at(now().date(), 9)
    source = sources.look(path)
    member = system_member("measure")

    def opened() -> Any:
        return preparing.run_open(
            filename=path.name, fingerprint=sources.fingerprint(path), size=source.size,
            mapping=mapping, unit=desk.unit, fixed=False, member=member, now=today,
        )  # fmt: skip

    started = time.perf_counter()
    run, _ = opened()
    shop = preparing.shop_for(
        mapping=mapping, unit=desk.unit, fixed=False, files=NoFiles(), now=today, keep=True
    )
    run = preparing.prepare(run=run, rows=sources.rows(source), shop=shop, member=member, now=today)
    prepared = time.perf_counter()
    case = run_submit(run_id=run.pk, member=member, now=today)
    for step in case.steps:
        review.step_approve(
            case_id=case.pk, step=step, digest=case.digest, member=desk.reviewers[step],
            now=today, legal_basis="条例第十三条" if step == "secrecy" else "",
        )  # fmt: skip
    release_on(run.pk, now=today)
    ended = time.perf_counter()
    again, existed = opened()
    print(f"{path.name}: {source.described}")
    for name in ("read", "staged", "bad", "duplicate", "near", "file", "link", "notice"):
        print(f"  {name:10} {run.count(name)}")
    codes = Counter(RowIssue.objects.filter(run=run).values_list("kind", "code"))
    for (kind, code), number in sorted(codes.items()):
        print(f"    {kind:10} {code:24} {number}")
    print(f"  kinds      {run.counts['kinds']}")
    print(f"  days       {run.counts['first']} to {run.counts['last']}")
    print(
        f"  public     {Item.objects.filter(visibility='public').count()} items, "
        f"{Redirect.objects.count()} old addresses, {ItemLink.objects.count()} links"
    )
    print(f"  again      recognised: {existed and again.pk == run.pk}")
    print(
        f"  time       prepare {prepared - started:.1f} s, review and release "
        f"{ended - prepared:.1f} s, {run.count('read') / (ended - started):.0f} rows/s"
    )


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m benchmarks.measure_import FOLDER", file=sys.stderr)
        return 2
    path = Path(arguments[0]) / DOCUMENTS
    if not path.is_file():
        print(
            f"skipped: {DOCUMENTS} not found in {arguments[0]}. The texts are not part of the "
            "repository; pass the folder that holds them.",
            file=sys.stderr,
        )
        return 0
    with scratch.database():
        measure(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
