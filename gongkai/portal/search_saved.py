"""Saved searches read exactly as the results page reads its address, and said in its words."""

from collections.abc import Mapping, Sequence

from gongkai.catalogue.selectors import public_sites
from gongkai.portal import rules_search, selectors_search
from gongkai.portal.rules_search import Known, Wanted
from gongkai.portal.search_question import understood
from gongkai.search.query import Ask
from gongkai.subscriptions.kinds import district_of

Params = Mapping[str, Sequence[str]]


def _wanted(params: Params) -> tuple[Wanted, Known, str]:
    sites = public_sites()
    district = next(iter(params.get("district", ())), "")
    site = next((s for s in sites if s.prefix and district_of(s.prefix) == district), None)
    own = site.owner.code if site else ""
    known = selectors_search.public_known(sites)
    given = {name: values[0] for name, values in params.items() if values}
    return rules_search.read(given, known, site=own), known, own


def question(params: Params) -> Ask:
    """What a saved search asks the engine."""
    wanted, known, _ = _wanted(params)
    return understood(wanted).ask(wanted, known)


def limits(params: Params) -> list[str]:
    """What narrows a saved search, in words."""
    wanted, known, own = _wanted(params)
    chips = rules_search.chips(wanted, known, fixed=("site",) if own else ())
    scope = rules_search.scope_name(wanted.scope)
    return [*([f"范围：{scope}"] if scope else []), *(chip.label for chip in chips)]


def follow_query(wanted: Wanted, district: str) -> str:
    """The parameters under which a search is followed; empty for what cannot be: a page of
    articles, or a search without words."""
    if wanted.scope == rules_search.ARTICLES or not wanted.q.strip():
        return ""
    if not district:
        return wanted.query(order=rules_search.RELEVANCE)
    # A district's page searches its own site whatever the address says.
    return f"{wanted.query(order=rules_search.RELEVANCE, site='')}&district={district}"
