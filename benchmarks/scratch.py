"""A scratch database with the city's reference data and staff, made anew for every benchmark."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gongkai.organisations.access import Member
    from gongkai.organisations.models import Unit

DAY = date(2022, 10, 18)


@contextmanager
def database(**environment: str) -> Iterator[Path]:
    """Set Django up on an empty migrated database of our own; yields the data folder.

    With DATABASE_URL set, a ``test_…`` database of that server is made and destroyed.
    ``environment`` is set before the settings are read.
    """
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        os.environ.update(environment)
        os.environ["GONGKAI_DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.settings.test")
        import django

        django.setup()
        from django.conf import settings
        from django.db import connection

        settings.DEBUG = False  # Django keeps every query in memory otherwise
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield Path(folder)
        finally:
            connection.close()
            connection.creation.destroy_test_db(name, verbosity=0)


def snapshot(label: str) -> str:
    """Copy the database as it is now; returns the name to :func:`use` it by."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    copy = f"{name}-{label}"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [copy])
        return copy
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    return copy


def use(name: str) -> None:
    """Let the connection point at this database."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def drop(name: str) -> None:
    """Remove a snapshot."""
    from django.db import connection

    if connection.vendor == "sqlite":
        for end in ("", "-wal", "-shm"):
            Path(name + end).unlink(missing_ok=True)
        return
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit and its people: an editor, and one reviewer for each step of the gate."""

    unit: "Unit"
    editor: "Member"
    reviewers: "dict[str, Member]"


def moment(hour: int = 9, minute: int = 0) -> datetime:
    """An instant of the benchmark's day."""
    from gongkai.core.clock import at

    return at(DAY, hour, minute)


def load_reference() -> None:
    """Units, themes, sites with their columns, and kinds, as an installation loads them."""
    from gongkai.catalogue.loading import load_places, load_themes
    from gongkai.core.actors import Actor
    from gongkai.organisations.loading import load_units
    from gongkai.publishing.loading import load_kinds

    load_units(now=moment(8), actor=Actor.system("benchmark"))
    load_themes()
    load_places()
    load_kinds()


def staff(code: str) -> Desk:
    """Give a unit an editor and a reviewer for each step."""
    from gongkai.organisations.access import member_for
    from gongkai.organisations.enums import Role
    from gongkai.organisations.models import RoleAssignment, Unit, User
    from gongkai.review.enums import STEP_ROLE, Step

    unit = Unit.objects.get(code=code)

    def person(name: str, role: str) -> "Member":
        user = User.objects.create(username=f"{code}_{name}", display_name=f"{name}（测量）")
        RoleAssignment.objects.create(user=user, unit=unit, role=role, valid_from=date(2022, 1, 1))
        return member_for(user, DAY)

    return Desk(
        unit,
        person("editor", Role.EDITOR),
        {step: person(step, STEP_ROLE[Step(step)]) for step in Step.values},
    )


_SENTENCES = (
    "为了让小微企业和个体工商户用得上、用得好各项支持措施，现将办理条件、时间和渠道说明如下。",
    "符合条件的企业可以在规定时间内提出申请，经办窗口当场核对材料，材料齐全的当日受理。",
    "同一事项只需提交一次材料，部门之间通过数据共享取得的证明不再要求重复提供。",
    "补助资金按季度拨付，拨付结果在单位的公开专栏公示七日，接受社会各界查询和反映。",
    "对办理结果有疑问的，可以先向经办单位咨询，也可以依照规定申请复核。",
)


def content(number: int, *, prefix: str = "长财发") -> dict[str, object]:
    """A complete policy document of about 600 characters; no two share a 发文字号."""
    paragraphs = "".join(f"<p>{_SENTENCES[(number + n) % len(_SENTENCES)]}</p>" for n in range(14))
    return {
        "title": f"关于落实助企措施有关事项的通知（第{number}批）",
        "summary": "说明助企措施的办理条件、时间和渠道。",
        "body": f"<h2>一、总体安排</h2>{paragraphs}",
        "doc_no": f"{prefix}〔2022〕{number}号",
        "theme": "0401",
        "genre": "通知",
        "formed_on": "2022-10-10",
        "topics": ["yingshang", "yingshang/wenjian"],
        "keywords": ["助企", "补助"],
        "contact": "0731-88660001",
    }
