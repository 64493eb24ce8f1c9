"""The process that lays out one document. Started with a folder, not imported by the site.

The folder holds ``page.html``, ``paper.css`` and ``job.json`` (base address, pictures: address →
file name); the result is ``out.pdf``. Nothing outside the folder is read for the document and
nothing is fetched; memory and processor time are limited by the system.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY = 3 * 1024**3
"""Bytes of address space; the fonts alone are mapped with several hundred megabytes."""
SECONDS = 60
FILE = 60 * 1024**2


def main(folder: Path) -> int:
    """Lay the document out; returns the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    import logging

    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    pictures: dict[str, str] = job["pictures"]

    class Fetcher(URLFetcher):
        """Gives the pictures of the document and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            name = pictures.get(url)
            if name is None:
                raise ValueError(f"not part of the document: {url}")
            return URLFetcherResponse(url, body=(folder / name).read_bytes())

    fetcher = Fetcher()
    html = HTML(
        string=(folder / "page.html").read_text(encoding="utf-8"),
        base_url=job["base_url"],
        url_fetcher=fetcher,
    )
    css = CSS(string=(folder / "paper.css").read_text(encoding="utf-8"), url_fetcher=fetcher)
    # PDF/UA: tagged, with language and title, so that a screen reader can read it.
    html.write_pdf(
        str(folder / "out.pdf"),
        stylesheets=[css],
        pdf_variant="pdf/ua-1",
        optimize_images=True,
        dpi=200,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
