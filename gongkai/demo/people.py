"""The people of the demonstration city: invented, one per post, none of them real."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from gongkai.organisations.access import Member, member_for
from gongkai.organisations.enums import Role
from gongkai.organisations.models import RoleAssignment, Unit, User
from gongkai.organisations.services import editor_group_follow

SURNAMES = "陈罗谢何彭邓欧阳周唐易龙贺汤曾向颜"
POSTS: tuple[tuple[str, Role], ...] = (
    ("bianji", Role.EDITOR),
    ("chushen", Role.FIRST_REVIEWER),
    ("zhongshen", Role.FINAL_REVIEWER),
    ("baomi", Role.SECRECY_REVIEWER),
)
SINCE = date(2022, 1, 1)
SHOWN_UNIT = "czj"
"""The unit whose every post a visitor may take, so that one record can be seen all the way."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity a visitor of the demonstration may take."""

    username: str
    label: str
    does: str
    landing: str


IDENTITIES: tuple[Identity, ...] = (
    Identity("zwgkb_zhuguan", "市政务公开办 · 主管", "读入要点、看全市台账、督促", "/desk/"),
    Identity("czj_bianji", "市财政局 · 编辑", "起草、送审、提交凭据", "/desk/"),
    Identity("czj_chushen", "市财政局 · 初审", "看改动、作初审结论", "/desk/"),
    Identity("czj_zhongshen", "市财政局 · 终审", "作终审结论、撤回已公开信息", "/desk/"),
    Identity("czj_baomi", "市财政局 · 保密审查", "写明依据，作最后结论", "/desk/"),
    Identity("wjw_bianji", "市卫生健康委 · 编辑", "看不到别的单位的稿件", "/desk/"),
    Identity(
        "wangcheng_xzspj_zhuguan", "望城区行政审批服务局 · 主管", "只管望城区的台账", "/desk/"
    ),
    Identity("yunwei", "运维", "管理账号和岗位", "/desk/"),
)


def person(username: str, name: str) -> User:
    """An account of the demonstration, made once."""
    user, _ = User.objects.get_or_create(
        username=username,
        # No usable password: the demonstration signs in by the role switcher only.
        defaults={"display_name": name, "password": make_password(None)},
    )
    return user


def hold(user: User, unit: Unit, role: Role) -> None:
    """Give somebody a post for good, once."""
    RoleAssignment.objects.get_or_create(
        user=user, unit=unit, role=role, valid_to=None, defaults={"valid_from": SINCE}
    )
    editor_group_follow(user=user, day=SINCE)


def populate(codes: set[str]) -> None:
    """Staff the named units with an editor and three reviewers each, and the offices."""
    with transaction.atomic():
        units = {u.code: u for u in Unit.objects.all()}
        for position, code in enumerate(sorted(codes)):
            for shift, (post, role) in enumerate(POSTS):
                surname = SURNAMES[(position * 3 + shift) % len(SURNAMES)]
                user = person(f"{code}_{post}", f"{surname}工（演示）")
                hold(user, units[code], role)
        for code in ("zwgkb", "wangcheng_xzspj"):
            hold(person(f"{code}_zhuguan", "何主任（演示）"), units[code], Role.SUPERVISOR)
        hold(person("yunwei", "运维员（演示）"), units["sjzyj"], Role.OPERATOR)


def acting(username: str, moment: datetime) -> Member:
    """The member behind a demonstration account at a moment."""
    return member_for(User.objects.get(username=username), moment.date())
