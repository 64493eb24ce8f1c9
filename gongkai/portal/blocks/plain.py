"""The blocks every column may use: its newest items and its sections as panels."""

from gongkai.portal import listing, selectors
from gongkai.portal.blocks import Data, Options, Place, block

SECTION_ITEMS = 4


@block("newest")
def newest(place: Place, options: Options) -> Data | None:
    """The newest item with its summary and the titles that follow it."""
    cards = selectors.public_section_cards(place.column, (), each=int(options.get("size", 5)))
    rows = cards.get(None, ())
    lead = next(iter(listing.rows(rows[:1], summary=True)), None)
    return {"lead": lead, "following": listing.rows(rows[1:])}


@block("sections")
def sections(place: Place, options: Options) -> Data | None:
    """A panel for every section that no other block shows (or for those in ``sections``)."""
    wanted = options.get("sections")
    chosen = [
        section
        for section in place.sections
        if (section.key in wanted if wanted else section.key not in place.covered)
    ]
    if not chosen:
        return None
    each = int(options.get("size", SECTION_ITEMS))
    cards = selectors.public_section_cards(place.column, chosen, each=each, own=False)
    return {
        "panels": [
            {
                "name": section.name,
                "url": listing.address(place.column.path, fq=section.key),
                "count": place.counts.get(section.pk, 0),
                "rows": listing.rows(cards.get(section.pk, ()), known=section.name),
            }
            for section in chosen
        ]
    }
