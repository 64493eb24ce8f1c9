"""The field in which an editor says under which catalogue entries (公开事项) an item is published.

Works without any script: what is chosen and what is proposed are check boxes, more are found with
the browser's own search over a list of suggestions.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gongkai.catalogue.entries.fields import field_name
from gongkai.catalogue.entries.models import Entry
from gongkai.catalogue.entries.rules_propose import Candidate, propose
from gongkai.catalogue.entries.selectors import entries_of_unit

_CODE = re.compile(r"（([a-z0-9_-]+)）\s*$")
SLOTS = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry as the form shows it; ``reason`` says why it is proposed."""

    code: str
    label: str
    on: bool
    reason: str = ""


def label_of(entry: Entry) -> str:
    """Field and name in one line."""
    return f"{field_name(entry.catalogue.field)}·{entry.name}"


class EntriesWidget(forms.Widget):
    """Check boxes of what is chosen and proposed, and search boxes for the rest."""

    template_name = "publishing/admin/entries_widget.html"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.labels: Mapping[str, str] = {}
        self.reasons: Mapping[str, str] = {}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """What the template shows; words that name no entry stay in their box."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        given = list(value or [])
        chosen = [v for v in given if v in self.labels or _looks_like_code(v)]
        typed = [v for v in given if v not in chosen]
        choices = [Choice(c, self.labels.get(c, "已移出目录的事项"), True) for c in chosen]
        choices += [
            Choice(code, self.labels[code], False, reason)
            for code, reason in self.reasons.items()
            if code not in chosen
        ]
        context.update(
            choices=choices,
            slots=[*typed, *[""] * max(0, SLOTS - len(typed))],
            all=[f"{label}（{code}）" for code, label in self.labels.items()],
            many=len(self.labels),
        )
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Codes that were ticked and what was typed, each once."""
        if not hasattr(data, "getlist"):
            return list(data.get(name) or [])
        typed = [text.strip() for text in data.getlist(f"{name}_find")]
        return list(dict.fromkeys(filter(None, [*data.getlist(name), *typed])))

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The first search box."""
        return f"{id_}_find"


def _looks_like_code(text: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9_]+(?:-[a-z0-9_]+)+-[0-9]{4,}", text))


class EntriesField(forms.Field):
    """Entries of one unit by code. What was chosen before and is gone from the catalogue since may
    stay ticked here; the check before submission names it."""

    widget = EntriesWidget

    def __init__(
        self,
        *,
        entries: Sequence[Entry],
        chosen: Sequence[str],
        reasons: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(required=False, **kwargs)
        self.labels = {entry.code: label_of(entry) for entry in entries}
        self.kept = frozenset(chosen)
        self.widget.labels, self.widget.reasons = self.labels, reasons

    def clean(self, value: Any) -> list[str]:
        """The codes; words that name no entry of the unit are listed in the error."""
        found: list[str] = []
        unknown: list[str] = []
        by_label = {label: code for code, label in self.labels.items()}
        for text in value or []:
            match = _CODE.search(text)
            code = match[1] if match else by_label.get(text, text)
            if code in self.labels or code in self.kept:
                found.append(code)
            else:
                unknown.append(text)
        if unknown:
            raise ValidationError(
                f"本单位的目录里没有：{'；'.join(unknown)}。请从提示的列表里选择，或者清空这一格。"
            )
        return list(dict.fromkeys(found))


def entries_field(
    unit_id: int, content: Mapping[str, Any], entries: Sequence[Entry] | None = None
) -> EntriesField | None:
    """The field for a draft; None for a unit without entries when none is chosen either."""
    listed = entries if entries is not None else entries_of_unit(unit_id)
    chosen = list(content.get("entries") or [])
    if not listed and not chosen:
        return None
    candidates = [
        Candidate(e.code, e.item1, e.item2, e.elements, field_name(e.catalogue.field), e.article)
        for e in listed
    ]
    proposals = propose(
        str(content.get("title") or ""),
        candidates,
        kind=str(content.get("kind") or ""),
        keywords=list(content.get("keywords") or []),
        chosen=chosen,
    )
    return EntriesField(
        entries=listed,
        chosen=chosen,
        reasons={p.code: p.reason for p in proposals},
        label="满足哪些公开事项",
        help_text="选定后随稿件一起审核；发布时自动记到公开目录，期限从成文日期起算。",
    )
