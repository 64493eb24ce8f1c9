"""One address of every kind of public page, for checks of all templates."""

from collections.abc import Iterator

from gongkai.catalogue.models import ColumnKind
from gongkai.catalogue.selectors import public_sites
from gongkai.portal import selectors
from gongkai.portal.selectors_machines import public_samples

_PLACES = (
    "", "zx/", "zx/?kind=opinion", "dw/", "dw/?for=apply", "ml/", "jd/", "search/?q=公开",
    "columns/", "sitemap/", "accessibility/", "contact/", "cy/", "jy/", "nb/",
)  # fmt: skip


def addresses() -> Iterator[str]:
    """Paths of every kind of page of every open site; also of one that is missing."""
    sites = [site for site in public_sites() if not site.shut]
    columns = selectors.public_site_columns(sites)
    for site in sites:
        yield from (f"{site.path}{place}" for place in _PLACES)
        for column in columns.get(site.pk, []):
            if column.kind == ColumnKind.TOPIC:
                yield column.path
                yield from (f"{column.path}?fq={s.key}" for s in list(column.sections.all())[:1])
                yield f"{column.path}?all=1"
    yield from public_samples()
    yield "/meiyou/zhege/yemian/"
