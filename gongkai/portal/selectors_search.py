"""Names that the results page needs: units, topics, sites, the place behind a card."""

from collections.abc import Iterable

from gongkai.catalogue.models import Column, PublicSite, Theme
from gongkai.core import memo
from gongkai.organisations.models import Unit
from gongkai.portal.rules_search import PLACES, Known
from gongkai.publishing.enums import Validity
from gongkai.publishing.selectors import public_kinds

CITY = "city"


@memo.reference(lambda: ())
def _units() -> dict[str, str]:
    return dict(Unit.objects.order_by("order", "pk").values_list("code", "short_name"))


@memo.reference(lambda: ())
def _topics() -> dict[str, str]:
    return dict(Theme.objects.filter(parent=None).values_list("code", "name"))


def public_known(sites: Iterable[PublicSite]) -> Known:
    """What the address of a search may name; three queries, or none where they are remembered."""
    kinds = public_kinds()
    units = _units()
    # A district may publish on the city's platform without a site of its own.
    areas = {site.owner.code: site.owner.short_name for site in sites if site.prefix}
    return Known(
        types={**{key: kind.name for key, kind in kinds.items()}, **PLACES},
        groups={key: kind.group for key, kind in kinds.items()},
        units=units,
        topics=_topics(),
        validities=dict(Validity.choices),
        sites={CITY: "市本级", **areas},
    )


def public_places(ids: Iterable[int]) -> dict[int, Column]:
    """Public columns by id, each with its owner; no query for none."""
    wanted = list(ids)
    if not wanted:
        return {}
    return Column.objects.select_related("owner__area", "site").in_bulk(wanted)
