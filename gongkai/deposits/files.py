"""Receipts are served to keepers only; what an item's desk page says about its deposit."""

from django.http import HttpRequest

from gongkai.core.blobs import Grant
from gongkai.core.clock import today
from gongkai.deposits import selectors
from gongkai.organisations.access import member_for
from gongkai.organisations.enums import Role
from gongkai.publishing.asides import Aside
from gongkai.publishing.models import Item


def receipt_gate(request: HttpRequest, record: str, sha: str) -> Grant | None:
    """Leave to read the receipt of a batch: supervisors of its area and operators."""
    if not (record.isascii() and record.isdigit()) or len(sha) < 16:
        return None
    if not request.user.is_authenticated:
        return None
    member = member_for(request.user, today())
    if not member.holds_anywhere(Role.SUPERVISOR, Role.OPERATOR):
        return None
    batch = selectors.batches_for(member).select_related("receipt_file").filter(pk=record).first()
    blob = batch.receipt_file if batch else None
    if batch is None or blob is None or not blob.sha256.startswith(sha):
        return None
    return Grant(blob.sha256, batch.receipt_name, blob.content_type)


def item_aside(item: Item) -> Aside | None:
    """Which archives and libraries have this information (条例第二十五条); None for nobody."""
    lines = []
    for row in selectors.rows_of_item(item.pk):
        where = f"{row.target.name}（第 {row.number} 版）"
        recall = getattr(row, "recall", None)
        if recall is not None:
            told = "已通知撤出" if recall.told_at else "待通知撤出"
            lines.append(f"{where}：{told}")
        elif row.left_out:
            lines.append(f"{where}：不移送，{row.get_left_out_display()}")
        elif row.batch is None:
            lines.append(f"{where}：等当月归集")
        elif row.batch.receipt_on:
            lines.append(f"{where}：已回执，{row.batch.receipt_no}")
        elif row.batch.sent_at:
            lines.append(f"{where}：已移送")
        else:
            lines.append(f"{where}：待移送")
    return Aside("移送存档", tuple(lines)) if lines else None
