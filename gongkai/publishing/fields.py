"""Form fields of the writing desk that carry more than a string."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Visibility
from gongkai.publishing.importing.clean import clean_html
from gongkai.publishing.models import Item

_SEPARATORS = re.compile(r"[、，,;；\n\r\t]+")
_NUMBERED = re.compile(r"^\s*(?:编号\s*)?(\d{1,9})(?!\S*〔)(?:\s|$|　|·)")
_ADDRESS = re.compile(r"/nr/(\d{1,9})(?:/|$|\?)")
MAX_BODY = 2_000_000


class BodyWidget(forms.Textarea):
    """The text of an item: a plain text area that ``writing.js`` turns into an editor.

    What it shows is always cleaned, also what was typed before an error: the page puts it into
    the document as it is.
    """

    template_name = "publishing/admin/body_widget.html"

    class Media:
        css = {"all": ["publishing/css/writing.css"]}
        js = ["publishing/js/body-editor.js"]

    def format_value(self, value: Any) -> str:
        """The cleaned text."""
        return clean_html(str(value)).html if value else ""


class BodyField(forms.CharField):
    """Rich text. ``warnings`` tells what cleaning changed; text that was not touched stays as it
    was stored, letter by letter."""

    widget = BodyWidget

    def __init__(self, *, stored: str = "", **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, **kwargs)
        self.stored = stored
        self.warnings: tuple[str, ...] = ()

    def clean(self, value: Any) -> str:
        """The text to store."""
        text = str(super().clean(value) or "").replace("\r\n", "\n")
        if len(text) > MAX_BODY:
            raise ValidationError("正文超过 200 万个字符，请把大表格或资料改作附件。")
        if text == self.stored or clean_html(self.stored).html == text:
            return self.stored
        result = clean_html(text)
        self.warnings = result.warnings
        return result.html


class NameListField(forms.CharField):
    """Several words in one line, parted by 、 or a comma; the value is a list."""

    def prepare_value(self, value: Any) -> Any:
        """A list as one line."""
        return "、".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """The words, each once."""
        text = super().clean(value)
        return list(dict.fromkeys(filter(None, (p.strip() for p in _SEPARATORS.split(text)))))


class UnitNamesField(NameListField):
    """Units by their written names; the value is a list of unit codes.

    ``names`` gives the unit for every name that may be written.
    """

    def __init__(self, *, names: Mapping[str, Unit], **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.names = names

    def prepare_value(self, value: Any) -> Any:
        """Codes as short names; what was typed stays as typed."""
        if not isinstance(value, list):
            return value
        by_code = {unit.code: unit.short_name for unit in self.names.values()}
        return super().prepare_value([by_code.get(code, code) for code in value])

    def clean(self, value: Any) -> list[str]:
        """The codes; names nobody bears are listed in the error."""
        typed = super().clean(value)
        by_code = {unit.code: unit for unit in self.names.values()}
        unknown = [name for name in typed if name not in self.names and name not in by_code]
        if unknown:
            raise ValidationError(
                f"没有找到单位：{'、'.join(unknown)}。请填写规范的简称或全称，单位之间用顿号隔开。"
            )
        return list(dict.fromkeys(self.names.get(n, by_code.get(n)).code for n in typed))  # type: ignore[union-attr]


class ItemRefsField(forms.CharField):
    """Other items, one a line: by number, address, 发文字号 or whole title; the value is ids.

    Only public items and items of the person's own units can be named, so that the field tells
    nothing about anybody else's drafts.
    """

    widget = forms.Textarea

    def __init__(self, *, member: Member, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.member = member

    def _within_reach(self) -> Any:
        own = self.member.unit_ids(Role.EDITOR)
        return Item.objects.filter(Q(visibility=Visibility.PUBLIC) | Q(unit_id__in=own))

    def prepare_value(self, value: Any) -> Any:
        """Ids as lines of number and title."""
        if not isinstance(value, list):
            return value
        rows = self._within_reach().filter(pk__in=value).select_related("latest_revision")
        titles = {item.pk: title_of(item) for item in rows}
        return "\n".join(f"{pk} {titles.get(pk, '')}".strip() for pk in value)

    def clean(self, value: Any) -> list[int]:
        """The ids in the order of the lines; lines that name nothing are listed in the error."""
        found: list[int] = []
        unknown: list[str] = []
        for line in filter(None, (part.strip() for part in super().clean(value).splitlines())):
            item_id = self._find(line)
            if item_id is None:
                unknown.append(line)
            elif item_id not in found:
                found.append(item_id)
        if unknown:
            raise ValidationError(
                f"没有找到：{'；'.join(unknown)}。请填写已公开文件的网址、发文字号、编号或完整标题，"
                "一行一个。"
            )
        return found

    def _find(self, line: str) -> int | None:
        rows = self._within_reach()
        match = _ADDRESS.search(line) or _NUMBERED.match(line)
        if match:
            found = rows.filter(pk=int(match[1])).values_list("pk", flat=True).first()
            if found is not None:
                return int(found)
        ids: list[int] = list(
            rows.filter(Q(doc_no=line) | Q(title=line)).values_list("pk", flat=True)[:2]
        )
        return ids[0] if len(ids) == 1 else None


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; each is checked by the service that keeps it."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files as a list."""
        return [file for file in data or [] if file] if isinstance(data, (list, tuple)) else []


def title_of(item: Item) -> str:
    """The title of the newest draft, without unpacking it."""
    revision = item.latest_revision
    return revision.object_str if revision else item.title


def grouped(
    rows: Iterable[tuple[str, Sequence[tuple[str, str]]]],
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices in groups, the empty groups left out."""
    return [(label, list(choices)) for label, choices in rows if choices]
