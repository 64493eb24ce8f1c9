"""What the machine says about an interpretation as such: is it a copy, is it what it claims."""

from collections.abc import Iterator, Mapping
from typing import Any

from gongkai.publishing.enums import Visibility
from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.inspection import strings_of
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.rules_overlap import overlap
from gongkai.screening.findings import Finding, Severity


def interpretation_findings(content: Mapping[str, Any], kind: ItemKind) -> list[Finding]:
    """Warnings for the editor and the reviewers; none of them stops publication."""
    facts = content.get("facts") or {}
    found = list(_copied(content, facts, kind))
    if kind.interprets and facts.get("original") is True and content.get("source"):
        found.append(
            Finding(
                "original_relayed",
                Severity.WARN,
                "facts",
                "",
                "",
                "勾选了“原创解读”，又填写了转载来源，统计时不算原创。",
                "转载的请取消勾选；确实是本机关制作的请清空转载来源。",
            )
        )
    return found


def _copied(
    content: Mapping[str, Any], facts: Mapping[str, Any], kind: ItemKind
) -> Iterator[Finding]:
    for field in kind.schema:
        rule = field.get("overlap")
        ids = facts.get(field["name"]) if rule else None
        if not rule or not isinstance(ids, list) or not ids:
            continue
        text = "\n".join((plain_text(str(content.get("body") or "")), *strings_of(facts)))
        documents = Item.objects.filter(pk__in=ids, visibility=Visibility.PUBLIC)
        for title, body in documents.values_list("title", "body"):
            shared = overlap(text, plain_text(body))
            if shared is None or shared.percent <= rule["percent"]:
                continue
            share = (
                f"文件原文有 {shared.of_document}% 写进了这篇解读"
                if shared.of_document >= shared.of_text
                else f"这篇解读有 {shared.of_text}% 的文字来自文件原文"
            )
            yield Finding(
                "copied_document",
                Severity.WARN,
                "body",
                "",
                "",
                f"与《{title}》重复太多：{share}，超过 {rule['percent']}%"
                f"{'（比例待核实）' if rule.get('unconfirmed') else ''}。",
                f"请用自己的话讲清背景、对象、标准和办法。{rule['basis']}。",
            )
