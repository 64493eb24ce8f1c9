"""Every write of reading places (条例, 国务院令第711号, article 25-1)."""

from datetime import datetime

from django.db import transaction

from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.deposits.enums import PlaceKind
from gongkai.deposits.models import ReadingPlace
from gongkai.deposits.services import require_keeper
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit

FIELDS = {"name": "名称", "address": "地址", "hours": "开放时间"}


def place_save(
    *,
    owner: Unit,
    kind: str,
    name: str,
    address: str,
    hours: str,
    member: Member,
    now: datetime,
    phone: str = "",
    offers: str = "",
    order: int = 0,
    place_id: int | None = None,
) -> ReadingPlace:
    """Enter a reading place or change one; saving says that it was checked on this day.

    An operator, or a supervisor whose office reaches ``owner``. Raises NotVisible,
    PermissionRefused, InvalidInput.
    """
    with transaction.atomic():
        place = _locked(place_id, member) if place_id is not None else ReadingPlace()
        require_keeper(member, owner)
        given = {"name": name.strip(), "address": address.strip(), "hours": hours.strip()}
        errors = {key: [f"请填写{FIELDS[key]}。"] for key, value in given.items() if not value}
        if kind not in PlaceKind.values:
            errors["kind"] = ["请选择查阅场所的类别。"]
        same = ReadingPlace.objects.filter(owner=owner, name=given["name"], active=True)
        if given["name"] and same.exclude(pk=place.pk).exists():
            errors["name"] = [f"“{given['name']}”已经登记过了。"]
        if errors:
            raise InvalidInput(errors)
        place.owner, place.kind, place.order = owner, kind, order
        place.name, place.address = given["name"][:80], given["address"][:160]
        place.hours, place.phone = given["hours"][:160], phone.strip()[:60]
        place.offers, place.checked_on = offers.strip()[:200], day_of(now)
        place.save()
        _fact("deposits.place.saved", place, member, now)
    return place


def place_end(*, place_id: int, member: Member, now: datetime) -> ReadingPlace:
    """Take a place off the public list."""
    with transaction.atomic():
        place = _locked(place_id, member)
        if not place.active:
            raise Refusal("查阅场所", f"{place.name}已经停用。", "请刷新页面。")
        place.active = False
        place.save(update_fields=["active"])
        _fact("deposits.place.ended", place, member, now)
    return place


def _locked(place_id: int, member: Member) -> ReadingPlace:
    place = (
        ReadingPlace.objects.select_for_update(of=("self",))
        .select_related("owner")
        .filter(pk=place_id)
        .first()
    )
    if place is None:
        raise NotVisible
    require_keeper(member, place.owner)
    return place


def _fact(action: str, place: ReadingPlace, member: Member, now: datetime) -> None:
    facts.record(
        action=action,
        subject=("reading_place", place.pk),
        unit_id=place.owner_id,
        actor=member.actor,
        occurred_at=now,
        details={"name": place.name, "address": place.address, "hours": place.hours},
    )
