"""Who may download the table that a catalogue was imported from."""

from django.http import HttpRequest

from gongkai.catalogue.entries.models import CatalogueImport
from gongkai.catalogue.entries.sheets import CONTENT_TYPE
from gongkai.core.blobs import Grant
from gongkai.core.clock import today
from gongkai.organisations.access import member_for


def catalogue_file_gate(request: HttpRequest, record: str, sha: str) -> Grant | None:
    """The keepers of the catalogue; ``record`` is the number of the import."""
    if not record.isdigit():
        return None
    row = (
        CatalogueImport.objects.select_related("owner__area")
        .filter(pk=int(record), blob__sha256__startswith=sha)
        .first()
    )
    if row is None or not member_for(request.user, today()).supervises(row.owner):
        return None
    return Grant(sha256=row.blob_id, filename=row.filename, content_type=CONTENT_TYPE)
