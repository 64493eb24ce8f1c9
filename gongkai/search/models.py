"""Tables of search; each group of them in a module of its own."""

from gongkai.search.synonym_models import SynonymGroup, SynonymWord

__all__ = ["SynonymGroup", "SynonymWord"]
