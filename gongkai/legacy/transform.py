"""One row of the old site → a candidate item. Reads reference data that was loaded before; writes
nothing but files."""

import re
from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Any, Final

from gongkai.core.codes import CodeError, parse_doc_no
from gongkai.legacy import bodies, row_files
from gongkai.legacy.candidate import Candidate, Issue, RowRefused, refused
from gongkai.legacy.enums import IssueKind
from gongkai.legacy.mapping import DATES, FieldRule
from gongkai.legacy.rules import (
    ValueProblem,
    name_key,
    near_key,
    old_address,
    parse_day,
    quoted_titles,
    source_key,
    text_key,
    url_key,
    validity_of,
)
from gongkai.legacy.shop import Shop
from gongkai.organisations.models import Unit
from gongkai.publishing.content import value_problems
from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.inspection import inspect_content
from gongkai.publishing.models import ItemKind
from gongkai.publishing.rules import FIELD_LABELS, date_problems

_BLANKS: Final = re.compile(r"\s+")
_INDEX_NO: Final = re.compile(r"(?=.*\d)[0-9A-Za-z\u4e00-\u9fa5/\-_.—()（）〔〕\[\]]{6,40}")
_OPTIONAL: Final = ("summary", "source", "contact", "addressees", "genre")
_MOST_FINDINGS: Final = 5


def make(shop: Shop, row: int, values: Mapping[str, Any]) -> Candidate:
    """The candidate of a row. Raises RowRefused."""
    return _Making(shop, row, values).made()


class _Making:
    def __init__(self, shop: Shop, row: int, values: Mapping[str, Any]) -> None:
        self.shop = shop
        self.row = row
        self.values = values
        self.title = ""

    def made(self) -> Candidate:
        shop = self.shop
        self.title = self._title()
        original_on = self._original_on()
        unit = self._unit(original_on)
        kind = self._kind()
        urls = [url.strip() for url in self._many("urls") if old_address(url)][:10]
        body = self._body(urls[0] if urls else "")
        content = shop.blank(unit, kind)
        content["title"] = self.title
        content["body"] = body.html
        key = self._key(urls)
        made = Candidate(
            row=self.row,
            title=self.title,
            unit_id=unit.pk,
            kind=kind.key,
            original_on=original_on,
            content=content,
            text=body.text,
            source_key="",
            near_key=near_key(self.title, original_on, unit.code),
            text_key=text_key(body.text),
            url_key=self._url_key(urls),
            name_key=name_key(self.title) if self._linking else "",
            urls=urls,
            has_links="<a " in body.html,
        )
        # Without a number or an address on the old site, its substance names the record.
        made.source_key = source_key(shop.mapping.source, key or f"same:{made.substance}")
        self._simple_fields(made, kind)
        self._dates(made)
        self._numbers(made, kind)
        self._facts(made, kind)
        self._files(made, body)
        if any(f["name"] == "interprets" for f in kind.schema):
            made.targets = self._targets()
        self._fits(made)
        self._screen(made, kind)
        return made

    # --- reading values ---------------------------------------------------------------------------

    def _raw(self, rule: FieldRule) -> Any:
        for name in rule.sources:
            value = self.values.get(name)
            if value not in (None, "", [], {}) and str(value).strip():
                return value
        return rule.value

    def _text(self, target: str) -> str:
        """The text of a target: mapped words, else as given, else the default."""
        rule = self.shop.mapping.fields.get(target)
        if rule is None:
            return ""
        value = self._raw(rule)
        if isinstance(value, dict | list):
            if len(value) == 1 and isinstance(value, list):
                value = value[0]
            else:
                problem = ValueProblem(
                    "not_text", f"{rule.label}不是一段文字", "请核对导出程序，或换一个字段。"
                )
                raise refused(self.row, target, problem, self.title)
        text = "" if value is None else str(value).strip()
        if rule.words and text in rule.words:
            text = str(rule.words[text]).strip()
        if not text and rule.default is not None:
            text = str(rule.default)
        return text

    def _many(self, target: str) -> list[str]:
        rule = self.shop.mapping.fields.get(target)
        if rule is None:
            return []
        value = self._raw(rule)
        if value is None:
            value = rule.default
        if value is None:
            return []
        parts = value if isinstance(value, list) else str(value).split(rule.split)
        words = (str(part).strip() for part in parts if not isinstance(part, dict))
        found = [str(rule.words.get(word, word)) for word in words if word]
        return list(dict.fromkeys(found))

    def _note(self, made: Candidate, target: str, problem: ValueProblem, kept: str) -> None:
        label = FIELD_LABELS.get(target, target)
        made.note(
            IssueKind.NOTICE,
            problem.code,
            target,
            f"{label}：{problem.reason}，{kept}",
            problem.remedy,
        )

    # --- the parts a row must have ----------------------------------------------------------------

    def _title(self) -> str:
        text = self._text("title")
        if "<" in text and ">" in text:
            text = plain_text(text)
        title = _BLANKS.sub(" ", unescape(text)).strip()
        if not title:
            problem = ValueProblem("no_title", "没有标题", "请在源文件里补上标题。")
            raise refused(self.row, "title", problem)
        if len(title) > 300:
            problem = ValueProblem(
                "long_title",
                f"标题有 {len(title)} 个字，超过 300 个",
                "多半是正文放进了标题，请核对对应表和源文件。",
            )
            raise refused(self.row, "title", problem, title)
        return title

    def _original_on(self) -> date:
        rule = self.shop.mapping.fields["original_on"]
        text = self._text("original_on")
        try:
            day = parse_day(text, rule.formats)
        except ValueProblem as problem:
            raise refused(self.row, "original_on", problem, self.title) from None
        if day is None:
            unknown = ValueProblem(
                "no_date",
                "没有原发布日期，不能证明这是历史信息",
                "请在源文件里补上旧网站的发布日期；查不到的，请起草后按正常流程送审。",
            )
            raise refused(self.row, "original_on", unknown, self.title)
        if day >= self.shop.cutoff:
            recent = ValueProblem(
                "not_history",
                f"原发布日期 {day:%Y-%m-%d} 不早于本平台启用日 {self.shop.cutoff:%Y-%m-%d}",
                "只有启用以前已经公开的信息可以批量迁入；这一条请起草后按正常流程送审。",
            )
            raise refused(self.row, "original_on", recent, self.title)
        return day

    def _unit(self, day: date) -> Unit:
        if self.shop.unit is not None:
            return self.shop.unit
        name = self._text("unit")
        if not name:
            problem = ValueProblem(
                "unit", "没有写公开单位", "请在源文件里补上，或给对应表的 unit 一个 default。"
            )
            raise refused(self.row, "unit", problem, self.title)
        try:
            return self.shop.lookups.unit(name, day)
        except ValueProblem as problem:
            raise refused(self.row, "unit", problem, self.title) from None

    def _kind(self) -> ItemKind:
        rule = self.shop.mapping.fields["kind"]
        try:
            try:
                kind = self.shop.lookups.kind(self._text("kind"))
            except ValueProblem:
                # Old sites have many columns; what is not named one by one falls to the default.
                if rule.default is None:
                    raise
                kind = self.shop.lookups.kind(str(rule.default))
            if kind.standing:
                raise ValueProblem(
                    "standing",
                    f"{kind.name}每个单位只有一条，要写现在的情况",
                    "请由编辑起草现在的内容；旧网站上的过时版本不迁入。",
                )
        except ValueProblem as problem:
            raise refused(self.row, "kind", problem, self.title) from None
        return kind

    def _key(self, urls: list[str]) -> str:
        """What names the record on the old site: its number there, else its address."""
        name = self.shop.mapping.key
        value = self.values.get(name) if name else None
        if value not in (None, "") and not isinstance(value, dict | list):
            return f"id:{str(value).strip()}"
        address = old_address(urls[0]) if urls else None
        return f"url:{address.host}{address.path}" if address else ""

    @property
    def _linking(self) -> bool:
        return "interprets" in self.shop.mapping.fields

    def _url_key(self, urls: list[str]) -> str:
        address = old_address(urls[0]) if urls else None
        return url_key(address) if address else ""

    def _body(self, base: str) -> bodies.Body:
        rule = self.shop.mapping.fields.get("body")
        if rule is None:
            return bodies.Body("", "")
        text = self._text("body")
        if rule.form == "text":
            return bodies.from_text(text)
        return bodies.from_html(
            text, base=base, picture=lambda address: row_files.picture(self.shop, address)
        )

    # --- the parts it may have --------------------------------------------------------------------

    def _simple_fields(self, made: Candidate, kind: ItemKind) -> None:
        fields = self.shop.mapping.fields
        for name in (*_OPTIONAL, "validity", "origin"):
            if name in fields and (text := self._text(name)):
                made.content[name] = _BLANKS.sub(" ", text)
        for name in ("keywords", "topics", "entries"):
            if name in fields and name in made.content:
                made.content[name] = self._many(name)[:30]
        if word := self._text("validity"):
            try:
                made.content["validity"] = validity_of(word)
            except ValueProblem as problem:
                raise refused(self.row, "validity", problem, self.title) from None
        elif kind.key == "policy":
            made.note(
                IssueKind.NOTICE,
                "no_validity",
                "validity",
                "没有写明有效性，按“现行有效”收下",
                "请核对；已经失效的，公开后由编辑更正。",
            )
        if "theme" in fields and (name := self._text("theme")):
            fallback = str(fields["theme"].default or "")
            try:
                made.content["theme"] = self.shop.lookups.theme(name)
            except ValueProblem as problem:
                made.content["theme"] = self.shop.lookups.themes.get(fallback, "")
                kept = "用了对应表的默认值" if made.content["theme"] else "没有填入"
                self._note(made, "theme", problem, kept)

    def _dates(self, made: Candidate) -> None:
        days: dict[str, date | None] = {}
        for name in sorted(DATES - {"original_on"}):
            rule = self.shop.mapping.fields.get(name)
            if rule is None:
                continue
            try:
                days[name] = parse_day(self._text(name), rule.formats)
            except ValueProblem as problem:
                self._note(made, name, problem, "没有填入")
        problems = date_problems(
            formed_on=days.get("formed_on"),
            changed_on=None,
            effective_on=days.get("effective_on"),
            expires_on=days.get("expires_on"),
            today=self.shop.today,
        )
        for found in problems:
            made.note(IssueKind.NOTICE, "dates", found.field, found.message)
        formed = days.get("formed_on")
        if formed and formed > made.original_on:
            made.note(
                IssueKind.NOTICE,
                "dates",
                "formed_on",
                f"成文日期 {formed:%Y-%m-%d} 晚于原发布日期 {made.original_on:%Y-%m-%d}",
                "请对照原网页核对；照原样收下了。",
            )
        for name, day in days.items():
            made.content[name] = day.isoformat() if day else ""

    def _numbers(self, made: Candidate, kind: ItemKind) -> None:
        if number := self._text("doc_no"):
            try:
                canonical = parse_doc_no(number, lenient=True).canonical
            except CodeError as error:
                made.content["doc_no"] = number[:60]
                problem = ValueProblem("doc_no", str(error).rstrip("。"), "")
                self._note(made, "doc_no", problem, "照原样收下")
            else:
                if kind.doc_no == "none":
                    made.note(
                        IssueKind.NOTICE,
                        "doc_no",
                        "doc_no",
                        f"{kind.name}没有自己的发文字号，“{canonical}”没有填入",
                    )
                else:
                    made.doc_no = made.content["doc_no"] = canonical
        if number := _BLANKS.sub("", self._text("index_no")):
            if _INDEX_NO.fullmatch(number):
                made.index_no = number
            else:
                problem = ValueProblem("index_no", f"“{number[:40]}”不像索引号", "")
                self._note(made, "index_no", problem, "将另编一个")

    def _facts(self, made: Candidate, kind: ItemKind) -> None:
        own = {f["name"]: f for f in kind.schema}
        facts: dict[str, Any] = {}
        for target in self.shop.mapping.fields:
            name = target.removeprefix("facts.")
            if name == target or name not in own:
                continue
            if not (text := self._text(target)):
                continue
            if own[name]["type"] == "date":
                try:
                    day = parse_day(text)
                except ValueProblem as problem:
                    self._note(made, target, problem, "没有填入")
                    continue
                text = day.isoformat() if day else ""
            choices = [str(c[0]) for c in own[name].get("choices") or []]
            if (choices and text not in choices) or own[name]["type"] in ("items", "boolean"):
                made.note(
                    IssueKind.NOTICE,
                    "facts",
                    target,
                    f"{own[name]['label']}的取值“{text[:30]}”不能直接填入，留空了",
                )
                continue
            facts[name] = text
        if facts:
            made.content["facts"] = facts

    def _files(self, made: Candidate, body: bodies.Body) -> None:
        rule = self.shop.mapping.fields.get("attachments")
        wanted = row_files.named(self._raw(rule), rule.split) if rule else {}
        try:
            row_files.attach(self.shop, made, body, wanted)
        except ValueProblem as problem:
            target = "body" if problem.code == "no_body" else "attachments"
            raise refused(self.row, target, problem, self.title) from None

    def _targets(self) -> list[str]:
        rule = self.shop.mapping.fields.get("interprets")
        if rule is None:
            return []
        if rule.form == "url":
            found = [old_address(url) for url in self._many("interprets")]
            return [f"url:{a.host}{a.path}" for a in found if a]
        text = self._text("interprets")
        titles = quoted_titles(text) or ([text] if text and "《" not in text else [])
        return [f"title:{title[:300]}" for title in titles[:20]]

    def _fits(self, made: Candidate) -> None:
        mapped = {n: made.content[n] for n in self.shop.mapping.fields if n in made.content}
        for name, messages in value_problems(mapped).items():
            if name == "title":
                problem = ValueProblem("value", messages[0].rstrip("。"), "请在源文件里改好。")
                raise refused(self.row, name, problem, self.title)
            made.content[name] = ""
            made.note(IssueKind.NOTICE, "value", name, f"{messages[0].rstrip('。')}；没有填入")

    def _screen(self, made: Candidate, kind: ItemKind) -> None:
        """The same privacy screening as for a new draft; what blocks there blocks here."""
        findings = inspect_content(made.content, kind, words=made.text).findings
        if not findings:
            return
        blocking = [f for f in findings if f.severity == "block"]
        if blocking:
            raise RowRefused(
                [
                    Issue(
                        self.row,
                        IssueKind.BAD,
                        f"privacy.{f.code}",
                        f"{f.where or FIELD_LABELS.get(f.field, f.field)}：{f.message}"[:500],
                        f.remedy[:300],
                        f.field,
                        # A title that holds the number itself is not repeated.
                        "" if f.field == "title" else self.title[:120],
                    )
                    for f in blocking[:_MOST_FINDINGS]
                ]
            )
        made.findings = list(dict.fromkeys(f.sentence for f in findings))[:_MOST_FINDINGS]
