"""Tables of search; each group of them in a module of its own."""

from gongkai.search.synonym_models import SynonymGroup, SynonymWord
from gongkai.search.trace_models import (
    NightRun,
    SearchClick,
    SearchDay,
    SearchTally,
    SearchTrace,
)

__all__ = [
    "NightRun",
    "SearchClick",
    "SearchDay",
    "SearchTally",
    "SearchTrace",
    "SynonymGroup",
    "SynonymWord",
]
