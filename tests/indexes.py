"""What tests of search share: following the facts, and reading an index as it lies on the disk."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from gongkai.core import facts, jobs
from gongkai.search import index, writing
from gongkai.search.entries import SPACES, STAFF


def follow(*spaces: str) -> None:
    """Bring the indexes (of the staff, unless others are named) up to date, as the worker does."""
    while facts.seal():
        pass
    for space in spaces or (STAFF,):
        follower = writing.Follower(space)
        jobs.follow(follower)
        follower.close()


@contextmanager
def followers(*spaces: str) -> Iterator[list[writing.Follower]]:
    """Followers that keep their index open, as the worker's do."""
    found = [writing.Follower(space) for space in spaces or SPACES]
    try:
        yield found
    finally:
        for follower in found:
            follower.close()


def files_of(*spaces: str) -> dict[str, bytes]:
    """Every file of the indexes (of the whole search folder, when no space is named)."""
    roots = [index.folder(space) for space in spaces] or [settings.SEARCH_DIR]
    return {
        str(path.relative_to(settings.SEARCH_DIR)): path.read_bytes()
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def files_with(words: tuple[str, ...], *spaces: str) -> list[str]:
    """The files in which one of the words stands."""
    marks = [word.encode() for word in words]
    return [name for name, data in files_of(*spaces).items() if any(m in data for m in marks)]
