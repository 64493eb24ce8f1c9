"""The demonstration shows every form of interpretation, whole and without personal numbers."""

import json
from pathlib import Path
from typing import Any

import pytest

from gongkai.catalogue.loading import load_places, load_themes
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.core.masking import mask_text
from gongkai.demo.content.loader import load_items
from gongkai.demo.forms import CONTENT, _attachment, _prepared, added_facts, pairs_of
from gongkai.demo.kinds import CONTENT as KINDS
from gongkai.demo.kinds import build_one, moment_of, read
from gongkai.demo.people import populate
from gongkai.organisations.loading import load_units
from gongkai.organisations.models import Unit
from gongkai.publishing.loading import REFERENCE, load_kinds
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.rules_facts import facts_problems
from tests.factories import DAY

PATHS = sorted(CONTENT.glob("*.md"))
SCHEMAS = {k["key"]: k["schema"] for k in json.loads(REFERENCE.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_document_is_a_whole_one(path: Path) -> None:
    document = read(path)
    said = document["body"] + json.dumps(document["facts"], ensure_ascii=False)
    assert len(said) > 250 and "【" not in said and mask_text(said) == said
    for file in document.get("files", {}).values():
        assert (CONTENT / file).stat().st_size > 100


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_form_has_what_it_needs(path: Path) -> None:
    document = read(path)
    facts: dict[str, Any] = {**document["facts"], "interprets": [1]}
    assert facts_problems(SCHEMAS[document["kind"]], facts) == []


def test_every_form_late_relayed_and_ended_are_shown() -> None:
    heads = [read(path) for path in PATHS]
    items = [item for item in load_items(CONTENT.parent / "items") if item.kind == "interpretation"]
    forms = {head["facts"].get("form") for head in heads} | {i.interpretation_form for i in items}
    wanted = next(f for f in SCHEMAS["interpretation"] if f["name"] == "form")["choices"]
    assert {key for key, _ in wanted} <= forms
    assert [h["unit"] for h in heads if h.get("source")] == ["sfj"]


@pytest.mark.parametrize("slug", ["i-rent-relief", "i-ratoon-rice"])
def test_the_scenarios_lead_somewhere(slug: str) -> None:
    steps = next(f for f in SCHEMAS["interpretation"] if f["name"] == "steps")
    assert facts_problems([{**steps, "when": {}}], added_facts(slug)) == []


def test_a_text_of_questions_becomes_pairs() -> None:
    text = (
        "先说一句。\n\n## 问：给谁\n\n答：小微企业。\n\n- 还有个体户\n\n## 问：多久\n\n答：七天。\n"
    )
    assert pairs_of(text) == (
        "先说一句。",
        [
            {"question": "给谁", "answer": "小微企业。\n- 还有个体户"},
            {"question": "多久", "answer": "七天。"},
        ],
    )


def test_the_film_is_released_with_its_document(db: None) -> None:
    load_units(now=at(DAY.replace(month=5, day=1), 9), actor=Actor.system("demo", "演示"))
    load_themes()
    load_places()
    load_kinds()
    populate({"jtj"})
    kinds = {kind.key: kind for kind in ItemKind.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.select_related("area")}
    document = build_one(read(KINDS / "delivery-ebike-rules.md"), kinds, units)
    item = build_one(_prepared(read(CONTENT / "video-delivery.md")), kinds, units)
    row = Item.objects.get(pk=item.pk)
    assert row.visibility == "public" and row.facts["interprets"] == [document.pk]
    entry = _attachment("driver.webm", moment_of("2022-10-12 15:30"))
    assert row.facts["film"] == entry["sha256"] and entry["content_type"] == "video/webm"
