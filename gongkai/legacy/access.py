"""Who may prepare an import and who may look at one."""

from django.db.models import Q, QuerySet

from gongkai.core.errors import NotVisible, PermissionRefused
from gongkai.legacy.models import ImportRun
from gongkai.organisations.access import Member, unit_ids_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit

PREPARERS = (Role.OPERATOR, Role.SUPERVISOR)


def may_prepare(member: Member, unit: Unit) -> bool:
    """An operator, a supervisor within the own area, or the command line's named job.

    Preparing makes nothing public: the reviewers of ``unit`` decide.
    """
    return (
        member.holds_anywhere(Role.OPERATOR)
        or member.supervises(unit)
        or member.actor.key.startswith("system:")
    )


def check_submitter(*, member: Member, unit: Unit) -> None:
    """Raise PermissionRefused unless the person may prepare imports for the unit."""
    if not may_prepare(member, unit):
        raise PermissionRefused(
            "岗位权限",
            f"迁入旧网站只能由运维，或{unit.short_name}的政务公开主管办理，您不在这个岗位上。",
            "请由该岗位人员登录后办理。",
        )


def runs_for(member: Member) -> QuerySet[ImportRun]:
    """The imports a person may see: those of the units whose unpublished work they may see; an
    operator also their own and those of the command line."""
    seen = Q(unit_id__in=unit_ids_visible(member))
    if member.holds_anywhere(Role.OPERATOR):
        seen |= Q(created_by_id=member.actor.user_id) | Q(created_by=None)
    return ImportRun.objects.select_related("unit", "created_by").filter(seen)


def require_run_visible(member: Member, run: ImportRun) -> None:
    """An import of strangers does not exist: raises NotVisible."""
    if member.actor.key.startswith("system:") or member.may_see(run.unit):
        return
    own = run.created_by_id in (None, member.actor.user_id)
    if not (own and member.holds_anywhere(Role.OPERATOR)):
        raise NotVisible


def run_for(member: Member, run_id: int) -> ImportRun:
    """One of :func:`runs_for`. Raises NotVisible."""
    row = runs_for(member).filter(pk=run_id).first()
    if row is None:
        raise NotVisible
    return row
