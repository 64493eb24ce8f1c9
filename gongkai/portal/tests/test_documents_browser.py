"""The lists of 规范性文件 and 规章 in Chromium: axe, sideways scroll, size of targets."""

from datetime import date, timedelta
from typing import Any

import pytest

from gongkai.catalogue.models import Column
from gongkai.portal.conformance.probes import SMALL_TARGETS
from gongkai.portal.tests import town as towns
from gongkai.portal.tests.test_documents import NORMATIVE, RULES, blocks_of, normative, rule_text
from gongkai.publishing.models import ItemLink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MODES: dict[str, dict[str, Any]] = {
    "desk": {"width": 1280},
    "dark": {"width": 1280, "color_scheme": "dark"},
    "elder": {"width": 1280, "elder": True},
    "phone": {"width": 320},
}


@pytest.fixture
def paths(transactional_db: None, settings: Any) -> list[str]:
    settings.DEMO_DATE = towns.DAY
    town = towns.build()
    column = Column.objects.get(site__prefix="", key="guizhang")
    Column.objects.filter(pk=column.pk).update(blocks=blocks_of("guizhang"))
    Column.objects.create(
        site=column.site, key="guifanxing", name="行政规范性文件", kind=column.kind,
        owner=column.owner, rule={"kind": "normative_document"}, blocks=blocks_of("guifanxing"),
        order=9,
    )  # fmt: skip
    normative(town, "停车办法", attachments=[town.attachment()])
    normative(town, "快到期的办法", expires_on=towns.DAY + timedelta(9), facts={})
    old = normative(town, "废止的办法", validity="repealed")
    ItemLink.objects.create(source=normative(town, "新办法"), target=old, relation="repeals")
    rule_text(
        town, "停车规定", attachments=[{**town.attachment(name="a.docx"), "title": "停车规定"}]
    )
    rule_text(town, "旧规定", expires_on=date(2022, 1, 1))
    return [NORMATIVE, f"{NORMATIVE}?validity=all", f"{NORMATIVE}?q=没有", f"{RULES}?validity=all"]


@pytest.mark.parametrize("mode", MODES)
def test_the_lists_can_be_used_by_everybody(
    chromium: Any, live_server: Any, paths: list[str], mode: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    options = dict(MODES[mode])
    width, elder = options.pop("width"), options.pop("elder", False)
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, locale="zh-CN", bypass_csp=True, **options
    )
    if elder:
        context.add_cookies([{"name": "view", "value": "elder", "url": live_server.url}])
    page = context.new_page()
    problems: list[str] = []
    for path in paths:
        page.goto(live_server.url + path)
        over = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        problems += [f"{path}: {over} px too wide"] if over > 0 else []
        problems += [f"{path}: {h:.0f} px {html}" for h, html in page.evaluate(SMALL_TARGETS, 44)]
        problems += [
            f"{path}: {one['id']} {one['nodes'][0]['html'][:100]}"
            for one in Axe().run(page).response["violations"]
        ]
    context.close()
    assert problems == []
