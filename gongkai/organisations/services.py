"""Every write about people: accounts, roles, sessions."""

from datetime import date, datetime

from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction

from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, PermissionRefused, Refusal
from gongkai.organisations import rules
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import RoleAssignment, Unit, User

EDITOR_GROUP = "编辑"


def editor_group() -> Group:
    """The group that carries the one permission of Wagtail's admin; made when it is missing.

    It opens nothing by itself: every door of the writing desk asks for the editor role of the day.
    """
    group, _ = Group.objects.get_or_create(name=EDITOR_GROUP)
    content_type, _ = ContentType.objects.get_or_create(app_label="wagtailadmin", model="admin")
    permission, _ = Permission.objects.get_or_create(
        content_type=content_type,
        codename="access_admin",
        defaults={"name": "Can access Wagtail admin"},
    )
    group.permissions.set([permission])
    return group


def editor_group_follow(*, user: User, day: date) -> bool:
    """Put the person into the editors' group or take them out, as their roles of the day say.

    Returns whether they belong to it.
    """
    assignments = RoleAssignment.objects.filter(user=user, role=Role.EDITOR, valid_from__lte=day)
    belongs = any(a.valid_to is None or a.valid_to >= day for a in assignments)
    if belongs:
        user.groups.add(editor_group())
    else:
        user.groups.remove(*Group.objects.filter(name=EDITOR_GROUP))
    return belongs


def _is_job(member: Member) -> bool:
    return member.actor.user_id is None and member.actor.key.startswith("system:")


def _require_grant(member: Member, *, person: int, role: str, unit: Unit) -> None:
    if _is_job(member):
        return
    problem = rules.grant_problem(
        member.holdings,
        granter=member.actor.user_id,
        person=person,
        role=role,
        place=rules.Place(unit.pk, unit.area_id),
    )
    if problem:
        raise PermissionRefused(
            "岗位管理", f"{problem}。", "请联系运维人员或上级政务公开主管办理。"
        )


def role_grant(
    *,
    user: User,
    unit: Unit,
    role: str,
    member: Member,
    now: datetime,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleAssignment:
    """Give a person a role in a unit, from today unless said otherwise, last day included.

    By an operator, by a supervisor within the own area, or by a system job (set-up). Raises
    PermissionRefused, InvalidInput, and Refusal when the role is held in that time already.
    """
    since = valid_from or day_of(now)
    with transaction.atomic():
        if role not in Role.values:
            raise InvalidInput({"role": ["请从列表中选择岗位。"]})
        _require_grant(member, person=user.pk, role=role, unit=unit)
        if valid_to is not None and valid_to < since:
            raise InvalidInput({"valid_to": ["结束日期早于开始日期，请核对。"]})
        if not unit.valid_on(since):
            raise InvalidInput(
                {"unit": [f"{unit.short_name}在 {since:%Y-%m-%d} 不是有效单位，请选择承继单位。"]}
            )
        if not user.is_active:
            raise InvalidInput({"user": ["这个账号已停用，不能授予岗位。"]})
        period = rules.Period(since, valid_to)
        # The person's row is the lock: two grants at once cannot both find the role free.
        User.objects.select_for_update().get(pk=user.pk)
        for held in RoleAssignment.objects.filter(user=user, unit=unit, role=role):
            if period.overlaps(rules.Period(held.valid_from, held.valid_to)):
                raise Refusal(
                    "岗位管理",
                    f"{user}在这段时间已经是{unit.short_name}的{Role(role).label}。",
                    "需要调整起止日期的，请先结束原来的岗位。",
                )
        assignment = RoleAssignment.objects.create(
            user=user, unit=unit, role=role, valid_from=since, valid_to=valid_to
        )
        editor_group_follow(user=user, day=day_of(now))
        facts.record(
            action="organisations.role.granted",
            subject=("user", user.pk),
            unit_id=unit.pk,
            actor=member.actor,
            occurred_at=now,
            details={
                "assignment": assignment.pk,
                "role": role,
                "valid_from": since.isoformat(),
                "valid_to": valid_to.isoformat() if valid_to else None,
            },
        )
    return assignment


def role_end(
    *, assignment_id: int, member: Member, now: datetime, last_day: date | None = None
) -> RoleAssignment:
    """End a role; ``last_day`` (today unless said otherwise) still belongs to it.

    Raises PermissionRefused, Refusal when it has ended already, InvalidInput for a day before it
    began.
    """
    with transaction.atomic():
        assignment = (
            RoleAssignment.objects.select_for_update(of=("self",))
            .select_related("unit", "user")
            .filter(pk=assignment_id)
            .first()
        )
        if assignment is None:
            raise InvalidInput({"assignment": ["没有这条岗位记录，请刷新页面。"]})
        _require_grant(
            member, person=assignment.user_id, role=assignment.role, unit=assignment.unit
        )
        today = day_of(now)
        last = last_day or today
        if assignment.valid_to is not None and assignment.valid_to < today:
            raise Refusal(
                "岗位管理",
                f"这个岗位在 {assignment.valid_to:%Y-%m-%d} 已经结束。",
                "请刷新页面查看最新状态。",
            )
        if last < assignment.valid_from:
            raise InvalidInput(
                {"last_day": [f"结束日期早于开始日期 {assignment.valid_from:%Y-%m-%d}，请核对。"]}
            )
        assignment.valid_to = last
        assignment.save(update_fields=["valid_to"])
        editor_group_follow(user=assignment.user, day=today)
        facts.record(
            action="organisations.role.ended",
            subject=("user", assignment.user_id),
            unit_id=assignment.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={
                "assignment": assignment.pk,
                "role": assignment.role,
                "valid_to": last.isoformat(),
            },
        )
    return assignment


def user_create(
    *,
    username: str,
    display_name: str,
    password: str,
    member: Member,
    now: datetime,
    email: str = "",
) -> User:
    """Open an account; it can do nothing until a role is granted.

    By an operator, a supervisor, or a system job. Raises PermissionRefused and InvalidInput
    (name taken, password too weak, parts missing).
    """
    if not _is_job(member) and not member.holds_anywhere(Role.OPERATOR, Role.SUPERVISOR):
        raise PermissionRefused(
            "账号管理",
            "新建账号只能由运维人员或政务公开主管办理。",
            "请联系运维人员或上级政务公开主管办理。",
        )
    username, display_name = username.strip(), display_name.strip()
    user = User(username=username, display_name=display_name, email=email.strip())
    errors: dict[str, list[str]] = {}
    if not display_name:
        errors["display_name"] = ["请填写显示姓名。"]
    elif len(display_name) > 40:
        errors["display_name"] = ["显示姓名最多 40 个字。"]
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        errors["username"] = ["请填写登录名，只能用字母、数字和 @ . + - _ 这些符号。"]
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            errors["username"] = [f"登录名“{username}”已经有人使用，请换一个。"]
        try:
            validate_password(password, user)
        except ValidationError as error:
            errors["password"] = list(error.messages)
        if errors:
            raise InvalidInput(errors)
        user.set_password(password)
        user.save()
        facts.record(
            action="organisations.user.created",
            subject=("user", user.pk),
            actor=member.actor,
            occurred_at=now,
            details={"username": username},
        )
    return user


def session_opened(*, member: Member, now: datetime) -> None:
    """Record that the person signed in."""
    with transaction.atomic():
        facts.record(
            action="organisations.session.opened",
            subject=("user", member.actor.user_id or 0),
            actor=member.actor,
            occurred_at=now,
        )
