"""What `gongkai doctor` says of the indexes: there, following, how far behind."""

from typing import Final

from gongkai.core.health import Line
from gongkai.core.models import SealHead
from gongkai.search import index
from gongkai.search.entries import ARTICLES, PUBLIC, SPACES, STAFF, sources

LABELS: Final = {PUBLIC: "公开", ARTICLES: "条文", STAFF: "工作人员"}
BEHIND: Final = 2000
"""Sealed facts; a worker that runs takes in that many in one step."""


def examine() -> list[Line]:
    """One line for each index that has something to hold."""
    head = SealHead.objects.filter(pk=1).first()
    sealed = head.sequence if head else 0
    found: list[Line] = []
    for space in SPACES:
        if not sources(space):
            continue
        label = f"搜索索引（{LABELS[space]}）"
        generation = index.current(space)
        searcher = index.searcher(space)
        if generation is None or searcher is None:
            # The worker builds it by itself; with nothing to find there is nothing wrong.
            empty = not any(source.ids(0, 1) for source in sources(space))
            note = "还没有建立，请运行 gongkai worker 或 gongkai search rebuild"
            found.append((label, None if empty else False, note))
            continue
        cursor = int(index.read_state(generation).get("cursor") or 0)
        behind = max(0, sealed - cursor)
        size = f"{searcher.num_docs} 条，{index.size(generation) / 1e6:.1f} 兆字节"
        if cursor > sealed:
            found.append((label, False, f"{size}，跟的是另一个数据库，请运行 gongkai worker"))
        elif behind > BEHIND:
            found.append((label, False, f"{size}，落后 {behind} 条事实，请查看 gongkai worker"))
        else:
            found.append(
                (label, True, f"{size}，" + (f"落后 {behind} 条事实" if behind else "已跟上"))
            )
    return found
