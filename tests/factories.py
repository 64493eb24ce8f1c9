"""A small city and its people for tests.

``make_city()`` builds two bureaus, two districts with a bureau each, the supervising office and
the reference data that items need. ``user_with(role, unit)`` makes a person, ``member(user)`` the
roles that person holds on a day. Drafts are made through the services, never by hand.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from gongkai.catalogue.models import Column, ColumnKind, PublicSite, Section, Theme
from gongkai.core.clock import at
from gongkai.organisations.access import Member, member_for
from gongkai.organisations.enums import Role, UnitKind, UnitLevel
from gongkai.organisations.models import RoleAssignment, Unit, User
from gongkai.publishing import services
from gongkai.publishing.loading import load_kinds
from gongkai.publishing.models import Item, ItemKind
from gongkai.review import services as review
from gongkai.review.enums import STEP_ROLE, Step
from gongkai.review.models import ReviewCase

DAY = date(2022, 10, 18)
"""A Tuesday and a working day; the day of the demonstration city."""

PASSWORD = "Cheng-shi-7431"
"""Every test user's password."""


def moment(hour: int = 9, minute: int = 0, day: date = DAY) -> datetime:
    """A wall-clock instant of the test day."""
    return at(day, hour, minute)


class UnitFactory(DjangoModelFactory):
    """A city department; traits ``district``, ``district_bureau``, ``village``, ``ended``."""

    class Meta:
        model = Unit

    class Params:
        district = factory.Trait(kind=UnitKind.DISTRICT, level=UnitLevel.DISTRICT)
        district_bureau = factory.Trait(kind=UnitKind.DISTRICT_DEPARTMENT, level=UnitLevel.DISTRICT)
        village = factory.Trait(kind=UnitKind.VILLAGE, level=UnitLevel.VILLAGE)
        ended = factory.Trait(valid_to=date(2022, 6, 30))

    code = factory.Sequence(lambda n: f"unit{n}")
    short_name = factory.Sequence(lambda n: f"市第{n}局")
    full_name = factory.LazyAttribute(lambda unit: f"长沙市{unit.short_name.removeprefix('市')}")
    kind = UnitKind.DEPARTMENT
    level = UnitLevel.CITY
    valid_from = date(2022, 1, 1)
    order = factory.Sequence(lambda n: n)


class UserFactory(DjangoModelFactory):
    """A person with the known password; traits ``superuser`` and ``inactive``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        superuser = factory.Trait(is_superuser=True, is_staff=True)
        inactive = factory.Trait(is_active=False)

    username = factory.Sequence(lambda n: f"user{n}")
    display_name = factory.Sequence(lambda n: f"测试人员{n}")
    password = factory.django.Password(PASSWORD)


class RoleAssignmentFactory(DjangoModelFactory):
    """A role held since the beginning of 2022."""

    class Meta:
        model = RoleAssignment

    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    role = Role.EDITOR
    valid_from = date(2022, 1, 1)


@dataclass(frozen=True, slots=True)
class City:
    """The units, sites and reference data of the test city."""

    government: Unit
    office: Unit
    bureau_a: Unit
    bureau_b: Unit
    district_1: Unit
    district_1_bureau: Unit
    district_2: Unit
    district_2_bureau: Unit
    site: PublicSite
    district_site: PublicSite
    column: Column
    district_column: Column
    themes: dict[str, Theme] = field(default_factory=dict)
    kinds: dict[str, ItemKind] = field(default_factory=dict)


def _site(owner: Unit, key: str, name: str, prefix: str) -> PublicSite:
    return PublicSite.objects.create(
        key=key,
        name=name,
        owner=owner,
        prefix=prefix,
        site_code="4301000001",
        icp="湘ICP备00000000号",
        police="湘公网安备00000000000000号",
        organiser=owner.full_name,
        undertaker=owner.full_name,
        contact="0731-00000000",
    )


def _column(site: PublicSite, owner: Unit, area: str) -> Column:
    here = {"area": area} if area else {}
    topics = ["yingshang", "yingshang/wenjian", "yingshang/jiedu", "yingshang/dongtai"]
    column = Column.objects.create(
        site=site,
        key="yingshang",
        name="优化营商环境",
        kind=ColumnKind.TOPIC,
        owner=owner,
        rule={**here, "topic": topics},
        max_gap_days=30,
        work_point=2,
        order=1,
    )
    names = (("wenjian", "政策文件"), ("jiedu", "政策解读"), ("dongtai", "工作动态"))
    for order, (key, name) in enumerate(names, 1):
        Section.objects.create(
            column=column,
            key=key,
            name=name,
            rule={**here, "topic": f"yingshang/{key}"},
            order=order,
        )
    Column.objects.create(
        site=site,
        key="latest",
        name="最新公开",
        kind=ColumnKind.STREAM,
        owner=owner,
        rule={**here, "attribute": "proactive"},
        order=900,
    )
    return column


def make_city() -> City:
    """Build the test city; call once per test (or in ``setUpTestData``)."""
    government = UnitFactory(
        code="changsha",
        short_name="市政府",
        full_name="长沙市人民政府",
        kind=UnitKind.GOVERNMENT,
        doc_prefixes=["长政发"],
    )

    def bureau(code: str, name: str, prefix: str, **more: Any) -> Unit:
        unit: Unit = UnitFactory(
            code=code,
            short_name=f"市{name}" if not more.get("area") else name,
            full_name=f"长沙市{name}",
            doc_prefixes=[prefix],
            **{"parent": government, **more},
        )
        return unit

    office = bureau("zwgkb", "政务公开办", "长政务公开办发", kind=UnitKind.OFFICE)
    bureau_a = bureau("czj", "财政局", "长财发")
    bureau_b = bureau("fgw", "发展改革委", "长发改")
    districts = []
    for code, name, prefix in (("wangcheng", "望城区", "望"), ("liuyang", "浏阳市", "浏")):
        district = UnitFactory(
            code=code,
            short_name=f"{name}政府",
            full_name=f"{name}人民政府",
            parent=government,
            doc_prefixes=[f"{prefix}政发"],
            district=True,
        )
        # A district government belongs to its own area, as the loader writes it.
        district.area = district
        district.save(update_fields=["area"])
        under = bureau(
            f"{code}_czj",
            f"{name}财政局",
            f"{prefix}财发",
            area=district,
            parent=district,
            district_bureau=True,
        )
        districts.append((district, under))
    (district_1, district_1_bureau), (district_2, district_2_bureau) = districts
    site = _site(government, "changsha", "长沙政务公开", "")
    district_site = _site(district_1, "wangcheng", "望城政务公开", "qx/wangcheng")
    finance = Theme.objects.create(code="04", name="财政、金融、审计", order=400)
    health = Theme.objects.create(code="11", name="卫生、体育", order=1100)
    themes = {theme.code: theme for theme in (finance, health)}
    for code, name, parent in (("0401", "财政", finance), ("1101", "卫生", health)):
        themes[code] = Theme.objects.create(code=code, name=name, parent=parent, order=401)
    load_kinds()
    return City(
        government=government,
        office=office,
        bureau_a=bureau_a,
        bureau_b=bureau_b,
        district_1=district_1,
        district_1_bureau=district_1_bureau,
        district_2=district_2,
        district_2_bureau=district_2_bureau,
        site=site,
        district_site=district_site,
        column=_column(site, bureau_b, ""),
        district_column=_column(district_site, district_1, district_1.code),
        themes=themes,
        kinds={kind.key: kind for kind in ItemKind.objects.all()},
    )


def user_with(role: str, unit: Unit, **kwargs: Any) -> User:
    """A person who holds one role in one unit since the beginning of 2022.

    Further keywords go to the user (``username``, ``display_name``, ``superuser=True`` …).
    """
    user: User = UserFactory(**kwargs)
    give_role(user, role, unit)
    return user


def give_role(
    user: User,
    role: str,
    unit: Unit,
    *,
    valid_from: date = date(2022, 1, 1),
    valid_to: date | None = None,
) -> RoleAssignment:
    """One more role for a person, as granting it would leave it."""
    assignment: RoleAssignment = RoleAssignmentFactory(
        user=user, unit=unit, role=role, valid_from=valid_from, valid_to=valid_to
    )
    return assignment


def member(user: User, day: date = DAY) -> Member:
    """The person's roles on a day, as services take them."""
    return member_for(user, day)


def draft_content(city: City, **changes: Any) -> dict[str, Any]:
    """Content of a policy document that lacks nothing, apart from what ``changes`` say."""
    return {
        "title": "关于支持小微企业稳定发展的若干措施",
        "summary": "面向小微企业的缓缴和补助措施，以及办理的渠道。",
        "body": "<p>为支持小微企业稳定发展，制定以下措施。</p><h2>一、补助</h2>"
        "<p>符合条件的小微企业可以申请一次性补助。</p>",
        "doc_no": "长财发〔2022〕3号",
        "theme": "0401",
        "genre": "通知",
        "formed_on": "2022-10-10",
        "topics": ["yingshang", "yingshang/wenjian"],
        "contact": "0731-88660001",
        **changes,
    }


def make_draft(
    city: City,
    unit: Unit,
    editor: User,
    *,
    kind: str = "policy",
    now: datetime | None = None,
    **changes: Any,
) -> Item:
    """A draft written by ``editor`` for ``unit`` through the service.

    Give another ``doc_no`` when a test needs several policy documents: a number is used once.
    """
    content = draft_content(city, **changes)
    if kind != "policy" and "doc_no" not in changes:
        content["doc_no"] = ""
    if "doc_no" not in changes and kind == "policy":
        prefix = unit.doc_prefixes[0] if unit.doc_prefixes else "长财发"
        content["doc_no"] = f"{prefix}〔2022〕{Item.objects.count() + 1}号"
    return services.item_create(
        unit=unit,
        kind=city.kinds[kind],
        content=content,
        member=member(editor),
        now=now or moment(9),
    )


def reviewers(unit: Unit) -> dict[str, User]:
    """One person for each step of the gate in a unit, by step."""
    return {step: user_with(STEP_ROLE[Step(step)], unit) for step in Step.values}


def submit(item: Item, editor: User, *, now: datetime | None = None, **kwargs: Any) -> ReviewCase:
    """Send a draft to review through the service."""
    return services.item_submit(
        item_id=item.pk, member=member(editor), now=now or moment(10), **kwargs
    )


def approve_all(case: ReviewCase, people: dict[str, User], *, now: datetime | None = None) -> None:
    """Pass every step of a case; the last one releases unless a time was set."""
    for step in case.steps:
        review.step_approve(
            case_id=case.pk,
            step=step,
            digest=case.digest,
            member=member(people[step]),
            now=now or moment(11),
            legal_basis="条例第十三条" if step == Step.SECRECY else "",
        )


def make_public(
    city: City,
    unit: Unit,
    editor: User,
    people: dict[str, User] | None = None,
    *,
    now: datetime | None = None,
    **changes: Any,
) -> Item:
    """An item that went the whole way: drafted, submitted, reviewed, released."""
    item = make_draft(city, unit, editor, **changes)
    case = submit(item, editor)
    approve_all(case, people or reviewers(unit), now=now)
    return Item.objects.select_related("unit", "kind", "theme").get(pk=item.pk)
