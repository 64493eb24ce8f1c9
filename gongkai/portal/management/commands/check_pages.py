"""`gongkai check_pages`: page tags and foot of every kind of public page, and the site's numbers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gongkai.catalogue.selectors import public_sites
from gongkai.catalogue.sites.selectors import problems_of
from gongkai.portal.page_addresses import addresses
from gongkai.portal.page_check import problems


class Command(BaseCommand):
    """Exit code 1 when a page lacks something; numbers that are placeholders only warn."""

    help = "检查每一种公开页面的网页标签和页脚（国办发〔2017〕47号），以及页脚的号码"

    def handle(self, *args: Any, **options: Any) -> None:
        looked = bad = 0
        for address, found in problems(addresses()):
            looked += 1
            bad += bool(found)
            for text in found:
                self.stdout.write(f"异常  {address}  {text}")
        for site in public_sites():
            for text in problems_of(site):
                self.stdout.write(f"提醒  {site.name}  {text}")
        self.stdout.write(f"看了 {looked} 个页面，{bad} 个有问题。")
        if bad:
            raise CommandError(f"有 {bad} 个页面要改。")
