"""`gongkai load_reference`: units, synonyms, value lists, places and kinds; safe to repeat."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gongkai.catalogue.loading import load_places, load_themes
from gongkai.core.actors import Actor
from gongkai.core.clock import now
from gongkai.core.errors import InvalidInput
from gongkai.organisations.loading import load_units
from gongkai.publishing.loading import load_kinds
from gongkai.search.synonyms import load_synonyms


class Command(BaseCommand):
    """Loads reference data; what was added locally stays."""

    help = "载入单位名录、同义词、主题分类、网站栏目和信息种类（可重复执行）"

    def add_arguments(self, parser: CommandParser) -> None:
        """``--kinds``: a local file with kinds of information, loaded after the others."""
        parser.add_argument("--kinds", type=Path, help="另外载入一个信息种类文件（JSON）")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("load_reference", "系统载入")
        self.stdout.write(f"单位 {load_units(now=now(), actor=actor)} 个")
        self.stdout.write(f"同义词 {load_synonyms(now=now(), actor=actor)} 组")
        self.stdout.write(f"主题分类 {load_themes()} 项")
        self.stdout.write(f"栏目 {load_places(now=now(), actor=actor)} 个")
        try:
            self.stdout.write(f"信息种类 {load_kinds()} 种")
            if options["kinds"]:
                self.stdout.write(f"本地信息种类 {load_kinds(options['kinds'])} 种")
        except InvalidInput as error:
            said = [text for texts in error.fields.values() for text in texts]
            raise CommandError("\n".join(said)) from error
