"""Files handed in as evidence or with a reply: for the unit and the offices over it."""

from django.http import HttpRequest

from gongkai.core.blobs import Grant
from gongkai.core.clock import today
from gongkai.ledger.followups import may_see
from gongkai.ledger.models import Evidence, FollowUpProof
from gongkai.organisations.access import member_for


def evidence_file_gate(request: HttpRequest, record: str, sha: str) -> Grant | None:
    """Leave to read an evidence file; never public."""
    if not record.isdigit() or len(sha) < 16 or not request.user.is_authenticated:
        return None
    row = (
        Evidence.objects.select_related("assignment__unit", "assignment__task__point__plan__office")
        .filter(pk=int(record), kind="file", blob__sha256__startswith=sha)
        .first()
    )
    if row is None or row.blob_id is None:
        return None
    member = member_for(request.user, today())
    office = row.assignment.task.point.plan.office
    if not (member.may_see(row.assignment.unit) or member.supervises(office)):
        return None
    return Grant(sha256=row.blob_id, filename=row.title, content_type="application/octet-stream")


def followup_file_gate(request: HttpRequest, record: str, sha: str) -> Grant | None:
    """Leave to read a file that came with a reply; for those who may see the follow-up."""
    if not record.isdigit() or len(sha) < 16 or not request.user.is_authenticated:
        return None
    row = (
        FollowUpProof.objects.select_related("reply__followup__unit", "reply__followup__office")
        .filter(pk=int(record), kind="file", blob__sha256__startswith=sha)
        .first()
    )
    if row is None or row.blob_id is None:
        return None
    if not may_see(member_for(request.user, today()), row.reply.followup):
        return None
    return Grant(sha256=row.blob_id, filename=row.title, content_type="application/octet-stream")
