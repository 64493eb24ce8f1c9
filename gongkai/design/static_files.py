"""Static files for installations: named by content, packed, and style sheets joined into one.

Sources stay apart and readable; ``collectstatic`` joins the sheets of a bundle
(``settings.STYLE_BUNDLES``) into one file, so that a page waits for one sheet instead of five.
Development and tests, which collect nothing, link the sources.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage


class BundlingStorage(CompressedManifestStaticFilesStorage):
    """Joins the bundles before names are made from contents."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Write the bundles among the collected files, then go on as always.

        A sheet with an address relative to itself would point elsewhere from a bundle: ValueError.
        """
        if not dry_run:
            for name, parts in settings.STYLE_BUNDLES.items():
                texts = []
                for part in parts:
                    with self.open(part) as sheet:
                        texts.append(sheet.read().decode("utf-8"))
                whole = "\n".join(texts)
                if whole.replace('url("data:', "").count("url("):
                    raise ValueError(f"{name}: url() in a bundled sheet may hold data only")
                if self.exists(name):
                    self.delete(name)
                self.save(name, ContentFile(whole.encode("utf-8")))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def sheets_of(bundle: str) -> tuple[str, ...]:
    """The addresses of the sheets that stand for a bundle: the joined one, or its sources."""
    parts = settings.STYLE_BUNDLES[bundle]
    joined = bundle in getattr(staticfiles_storage, "hashed_files", {})
    return tuple(staticfiles_storage.url(name) for name in ([bundle] if joined else parts))
