"""Reads over synonyms: the office's list, and what a word would become and find."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from gongkai.core.pairs import fold
from gongkai.search import finding, vocabulary
from gongkai.search.asking import NO_SYNONYMS, ask_of
from gongkai.search.entries import PUBLIC
from gongkai.search.models import SynonymGroup, SynonymWord
from gongkai.search.rules_query import parse
from gongkai.search.rules_synonyms import Alternative, Group, Synonyms


def synonym_groups(*, words: str = "", state: str = "") -> QuerySet[SynonymGroup]:
    """Groups with their words; narrowed to those with a word that contains ``words``."""
    rows = SynonymGroup.objects.select_related("changed_by").prefetch_related(
        Prefetch("words", SynonymWord.objects.order_by("place"))
    )
    if words:
        holding = SynonymWord.objects.filter(folded__contains=fold(words)).values("group_id")
        rows = rows.filter(pk__in=holding)
    if state in ("on", "off"):
        rows = rows.filter(active=state == "on")
    return rows


@dataclass(frozen=True, slots=True)
class Trial:
    """What a search for a text becomes; the numbers of public records it finds without and with
    synonyms, None while there is no index."""

    text: str
    others: tuple[Alternative, ...]
    before: int | None
    after: int | None

    @property
    def more(self) -> int:
        """How many records the synonyms add."""
        return (self.after or 0) - (self.before or 0)


def trial(text: str, synonyms: Synonyms, *, today: date) -> Trial:
    """Try a search for ``text`` with the synonyms, in the public index."""
    asked = parse(text)
    before = finding.find(PUBLIC, ask_of(asked), today=today, size=1, facets=False)
    after = finding.find(PUBLIC, ask_of(asked, synonyms), today=today, size=1, facets=False)
    found = synonyms.alternatives(asked.content)
    if not before.ready or not after.ready:
        return Trial(asked.text, found, None, None)
    return Trial(asked.text, found, before.total, after.total)


def trials_of(group: SynonymGroup, *, today: date) -> list[Trial]:
    """Each word of a group alone, without and with this group."""
    words = tuple(word.text for word in group.words.all())
    alone = Synonyms([Group(words, group.one_way)]) if group.active else NO_SYNONYMS
    return [trial(word, alone, today=today) for word in words]


def trial_of(text: str, *, today: date) -> Trial:
    """A search as readers get it, with all synonyms in force."""
    return trial(text, vocabulary.synonyms(), today=today)
