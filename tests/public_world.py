"""One small city in which every public template has a page, for the accessibility sweep.

A new public template needs a line in :func:`pages`; ``test_public_accessibility`` names the ones
that no page here shows.
"""

import io
import json
import wave
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from gongkai.catalogue.entries.fields import STATUTORY
from gongkai.catalogue.entries.models import Catalogue, Entry, EntryLink, EntryUnit
from gongkai.catalogue.models import Column, ColumnKind, PublicSite, Section
from gongkai.catalogue.sites.enums import State
from gongkai.core import blobs
from gongkai.core.models import Blob
from gongkai.demo.kinds import CONTENT as KINDS
from gongkai.demo.kinds import read
from gongkai.deposits.models import ReadingPlace
from gongkai.organisations.models import Unit
from gongkai.portal.tests import town as towns
from gongkai.profiles.tests.world import World as Profiles
from gongkai.publishing.models import Item, ItemVersion
from gongkai.speech.models import Recording
from gongkai.subscriptions import links
from gongkai.subscriptions import services as subscribing
from gongkai.subscriptions.kinds import document_target
from gongkai.subscriptions.models import Subscription
from tests.factories import DAY, moment

PLACES = Path(__file__).parent.parent / "gongkai/catalogue/reference/places.json"
CONTENT = KINDS.parent
FOLDERS = ("kinds", "places", "forms")
TABLE = (
    "<table><caption>补助</caption><thead><tr><th>对象</th><th>金额（元）</th></tr></thead>"
    "<tbody><tr><td>小微企业</td><td>1,000</td></tr></tbody></table>"
)
BODY = (
    f"<p>各单位：</p><h2>一、范围</h2><h3>（一）对象</h3><p>补助八万元。</p>{TABLE}"
    "<p>长沙市财政局</p><p>2022年10月10日</p>"
)


@dataclass
class PublicWorld:
    """Addresses by what they show."""

    town: towns.Town
    item: Item
    service: Item
    pages: dict[str, str]


def silence(seconds: int = 1) -> bytes:
    """A WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 8000 * seconds)
    return out.getvalue()


def _recording(item: Item) -> None:
    blob = blobs.store(silence(), content_type="audio/wav", now=moment(12))
    Recording.objects.create(
        item=item, version=item.version, blob=blob, seconds=1, made_at=moment(12)
    )


def _catalogues(town: towns.Town, item: Item) -> None:
    """The statutory catalogue and one field of the grass-roots catalogue, each with a record."""
    for key, kind, article, name in (
        (STATUTORY, "statutory", "20-2", "法定主动公开内容"),
        ("yiwujiaoyu", "grassroots", "", "义务教育目录"),
    ):
        catalogue = Catalogue.objects.create(
            key=key, kind=kind, owner=town.city.government, name=name,
            field="" if article else key, version=1, updated_at=moment(9),
        )  # fmt: skip
        entry = Entry.objects.create(
            catalogue=catalogue, code=f"{key}-1", item1="机构职能", article=article,
            elements=["职能", "地址"], units_text=item.unit.short_name, created_at=moment(8),
        )  # fmt: skip
        EntryUnit.objects.create(entry=entry, unit=item.unit, since=DAY)
        EntryLink.objects.create(
            entry=entry, unit=item.unit, subject_kind="item", subject_id=item.pk,
            published_on=DAY, origin="later", linked_at=moment(9),
        )  # fmt: skip


def _known(value: object) -> object:
    """A fact without what only the demonstration can resolve: other items, files by name."""
    if isinstance(value, list):
        return [_known(one) for one in value if not str(one).startswith("@")]
    if isinstance(value, dict):
        return {key: _known(one) for key, one in value.items()}
    return "" if str(value).startswith("@") else value


def _demonstrated(town: towns.Town) -> dict[str, str]:
    """Documents of the demonstration as public rows, so that blocks and item pages have something
    to draw; the pages of one item of each layout."""
    found: dict[str, str] = {}
    per_section: Counter[tuple[str, str]] = Counter()
    paths = sorted(path for folder in FOLDERS for path in (CONTENT / folder).glob("*.md"))
    for number, path in enumerate(paths):
        document = read(path)
        kind = town.city.kinds.get(document["kind"])
        topics = document.get("topics", [])
        key = (document["kind"], (topics or [""])[0])
        per_section[key] += 1
        if kind is None or per_section[key] > 2:
            continue
        facts = {name: _known(value) for name, value in document.get("facts", {}).items()}
        days = {name: document[name] for name in ("effective_on", "expires_on") if name in document}
        [item] = town.fill(
            1, kind=kind, title=document["title"], summary=document.get("summary", ""),
            body=document["body"], topics=topics, facts=facts, contact=document.get("contact", ""),
            keywords=document.get("keywords", []), index_no=f"CZJ/2022-7{number:04d}", **days,
        )  # fmt: skip
        layout = str(facts.get("form") or kind.page.get("layout") or "")
        if layout:
            found.setdefault(f"item as {layout}", f"/nr/{item.pk}/")
    return found


def _composed(town: towns.Town) -> dict[str, str]:
    """The fewest of the city's real columns that between them use every block named in the data."""
    topics = json.loads(PLACES.read_text(encoding="utf-8"))["topics"]
    wanted = {entry["block"] for topic in topics for entry in topic.get("blocks", ())}
    found: dict[str, str] = {}
    while wanted:
        topic = max(topics, key=lambda t: len({b["block"] for b in t.get("blocks", ())} & wanted))
        wanted -= {entry["block"] for entry in topic["blocks"]}
        column, _ = Column.objects.update_or_create(
            site=town.city.site,
            key=topic["key"],
            defaults={
                "name": topic["name"], "description": topic.get("description", ""),
                "kind": ColumnKind.TOPIC, "owner": town.city.bureau_b,
                "rule": topic.get("rule") or {
                    "topic": [topic["key"], *(f"{topic['key']}/{key}" for key in topic["sections"])]
                },
                "blocks": topic["blocks"], "order": 50,
            },
        )  # fmt: skip
        for place, (key, name) in enumerate(topic["sections"].items()):
            Section.objects.get_or_create(
                column=column, key=key,
                defaults={"name": name, "order": place, "rule": {"topic": f"{topic['key']}/{key}"}},
            )  # fmt: skip
        found[f"column {topic['key']}"] = f"/zt/{topic['key']}/"
    return found


def _followed(item: Item) -> list[str]:
    """A reader with two subscriptions and one to confirm; the addresses of the links in mails."""
    for kind, target in (
        ("document", document_target(item.pk)), ("unit", f"key={item.unit.code}"),
        ("column", "key=yingshang"),
    ):  # fmt: skip
        subscribing.subscribe(
            kind=kind, target=target, address="reader@mail.example", frequency="daily",
            now=moment(12),
        )  # fmt: skip
    rows = list(Subscription.objects.select_related("subscriber").order_by("pk"))
    for row in rows[:-1]:
        subscribing.confirm(subscription_id=row.pk, now=moment(12))
    who = rows[0].subscriber
    addresses = (
        links.confirm_link(rows[-1]),
        f"{links.manage_link(who)}?new={rows[0].pk}",
        links.leave_link(who, [rows[0].pk]),
    )
    return [address.removeprefix(settings.BASE_URL) for address in addresses]


def build() -> PublicWorld:
    """The world and its pages; about three seconds."""
    town = towns.build()
    town.plan(points=6, tasks=2)
    town.fill(26)
    profiles = Profiles(town.city, town.editors, town.people)
    profiles.editor()
    profiles.whole()
    item = town.public(attachments=[town.attachment()], body=BODY)
    item = town.correct(item, body=BODY.replace("八万", "十万"), attachments=item.attachments)
    sealed = town.public(doc_no="长财发〔2022〕901号", body="<p>联系人住址。</p>")
    town.correct(sealed, body="<p>已略。</p>", change_kind="privacy", change_note="删去住址。")
    gone = town.public(doc_no="长财发〔2022〕900号")
    town.withdraw(gone)
    [service] = town.fill(
        1, kind=town.city.kinds["service"], index_no="CZJ/2022-80001", title="怎样办理补助",
        facts={"audience": "市民", "conditions": ["本市户籍"], "online": "https://www.example.org/x"},
    )  # fmt: skip
    [large] = town.fill(
        1, title="大附件", index_no="CZJ/2022-80002",
        attachments=[town.attachment("大", "da.csv")],
    )  # fmt: skip
    ItemVersion.objects.filter(item=large).update(content={"attachments": large.attachments})
    Blob.objects.filter(pk=large.attachments[0]["sha256"]).update(size=10**12)
    _recording(item)
    _catalogues(town, item)
    ReadingPlace.objects.create(
        owner=town.city.government, kind="archive", name="市档案馆", address="某路", hours="工作日",
        phone="0731-80001234", checked_on=DAY,
    )  # fmt: skip
    composed = _composed(town)
    shut = PublicSite.objects.create(
        key="liuyang", name="浏阳政务公开", owner=town.city.district_2, prefix="qx/liuyang",
        site_code="4301810001", icp="湘ICP备00000002号", police="湘公网安备00000000000002号",
        organiser="浏阳市人民政府办公室", undertaker="浏阳市人民政府办公室", contact="0731-80003600",
        state=State.OFFLINE, state_note="机房检修",
    )  # fmt: skip
    empty = Column.objects.create(
        site=town.city.district_site, key="minsheng", name="民生", kind=ColumnKind.TOPIC,
        owner=town.city.district_1, rule={"topic": "nothing"},
        blocks=Column.objects.get(site=town.city.site, key="minsheng").blocks,
    )  # fmt: skip
    town.indexed()
    parts = ("overview", "functions", "leaders", "guide", "rules", "report", "apply")
    unit = Unit.objects.get(pk=town.city.bureau_a.pk)
    item = Item.objects.get(pk=item.pk)
    confirming, managing, leaving = _followed(item)
    pages = {
        "home": "/",
        "home of a district": "/qx/wangcheng/",
        "column": "/zt/yingshang/",
        "section": "/zt/yingshang/?fq=wenjian",
        "empty column": "/zt/guizhang/",
        **composed,
        **_demonstrated(town),
        "stream": "/zx/",
        "opinions": "/zx/?kind=opinion",
        "units": "/dw/",
        "apply": "/dw/?for=apply",
        "unit": f"/dw/{unit.code}/",
        "unit by article": f"/dw/{unit.code}/?article=20-2",
        "unit by year": f"/dw/{unit.code}/?year=all",
        "find in a unit": f"/dw/{unit.code}/jiansuo/?q=事项",
        "reports of all units": "/nb/",
        "check of a file": "/jy/",
        "check of a known file": f"/jy/?sha256={item.attachments[0]['sha256']}",
        "archive that is too large": f"/nr/{large.pk}/dabao/",
        **{f"unit {part}": f"/dw/{unit.code}/?part={part}" for part in parts},
        "unit without profile": "/dw/zwgkb/?part=functions",
        "directory": f"/dw/{unit.code}/ml/",
        "catalogues": "/ml/",
        "catalogue": f"/ml/{STATUTORY}/",
        "item": f"/nr/{item.pk}/",
        "item of facts": f"/nr/{service.pk}/",
        "old version": f"/nr/{item.pk}/v/1/",
        "sealed version": f"/nr/{sealed.pk}/v/1/",
        "withdrawn": f"/nr/{gone.pk}/",
        "leaving": f"/nr/{service.pk}/likai/online/",
        "progress": "/jd/",
        "empty progress": "/qx/wangcheng/jd/",
        "point": "/jd/1/",
        "search": "/search/?q=事项",
        "search without result": "/search/?q=龘靐齉",
        "search by article": "/search/?q=事项&in=articles",
        "search for a unit": "/search/?q=市财政局&order=newest",
        "search related only": "/search/?q=事项火星移民签证怎么办理",
        "columns": "/columns/",
        "sitemap": "/sitemap/",
        "accessibility": "/accessibility/",
        "contact": "/contact/?page=/zx/",
        "places": "/cy/",
        "missing": "/nope/",
        "site that is shut": shut.path,
        "place without anything to draw": empty.path,
        "PDF that cannot be made": f"/nr/{item.pk}/pdf/",
        "item as text": f"/nr/{item.pk}/?view=text",
        "home as text": "/?view=text",
        # Not public, but everybody meets them.
        "check of a file by upload": "/f/jy/",
        "report of an error": "/f/zhaocuo/?page=/zx/",
        "state of a report": "/f/zhaocuo/huizhi/",
        "subscribe to a column": "/f/dingyue/?what=column&key=yingshang",
        "subscribe to a document": f"/f/dingyue/?what=document&key={item.pk}",
        "own subscriptions": "/f/dingyue/",
        "subscription asked for": "/f/dingyue/fachu/",
        "confirm a subscription": confirming,
        "manage subscriptions": managing,
        "leave a subscription": leaving,
        "role": "/f/role/",
        "login": "/desk/login/",
    }
    return PublicWorld(town, item, service, pages)


def templates_of(root: Path) -> set[str]:
    """Templates of public pages: all of the portal's, and those of other apps that stand in a
    public frame. The gallery is design's own; what is laid out as PDF is no page of a browser."""
    frames = ("portal/base.html", "design/public.html", "design/form_page.html")
    found = set()
    for path in root.glob("*/templates/**/*.html"):
        name = str(path).split("/templates/", 1)[1]
        text = path.read_text(encoding="utf-8")
        framed = any(f'{{% extends "{frame}" %}}' in text for frame in frames)
        if name.startswith("portal/pdf/"):
            continue
        if name.startswith("portal/") or (framed and not name.startswith("design/")):
            found.add(name)
    return found


__all__ = ["PublicWorld", "build", "silence", "templates_of"]
