"""Placements written before they carried their kind: take it from the card, and count them."""

from zoneinfo import ZoneInfo

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count, F, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, ExtractYear


def count(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    placement = apps.get_model("catalogue", "Placement")
    tally = apps.get_model("catalogue", "PlacementTally")
    placement.objects.filter(kind="").update(
        kind=Coalesce(KeyTextTransform("kind", F("card")), Value(""))
    )
    rows = (
        placement.objects.order_by()
        .annotate(year=ExtractYear("published_at", tzinfo=ZoneInfo("Asia/Shanghai")))
        .values_list("column_id", "section_id", "kind", "year")
        .annotate(n=Count("id"))
    )
    tally.objects.bulk_create(
        [
            tally(column_id=column, section_id=section, kind=kind, year=year, n=n)
            for column, section, kind, year, n in rows
        ]
    )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_entries_and_tallies")]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
