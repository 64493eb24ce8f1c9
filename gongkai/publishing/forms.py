"""The forms of the writing desk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from gongkai.catalogue.models import Column, ColumnKind, PublicSite, Theme
from gongkai.core.clock import today
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit
from gongkai.organisations.selectors import names_to_units
from gongkai.publishing.content import content_of
from gongkai.publishing.entries_field import entries_field
from gongkai.publishing.enums import (
    GENRE_CHOICES,
    Attribute,
    ChangeKind,
    KindGroup,
    Origin,
    Validity,
)
from gongkai.publishing.fact_fields import BLANK, DateField, fact_field
from gongkai.publishing.fields import (
    BodyField,
    FilesField,
    FilesInput,
    NameListField,
    UnitNamesField,
    grouped,
)
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.rules import FIELD_LABELS
from gongkai.publishing.rules_facts import applies

FACT = "fact_"


def topic_choices(unit: Unit) -> list[tuple[str, list[tuple[str, str]]]]:
    """Topic columns and their sections on the unit's own site, then those of the city's site.

    Columns that fill by kind or unit are left out: nothing needs to be ticked for them.
    """
    sites = PublicSite.objects.filter(owner_id__in=[unit.area_id]) if unit.area_id else None
    own = list(sites) if sites is not None else []
    city = list(PublicSite.objects.filter(prefix=""))
    columns = (
        Column.objects.filter(site__in=[*own, *city], kind=ColumnKind.TOPIC)
        .select_related("site")
        .prefetch_related("sections")
    )
    order = {site.pk: position for position, site in enumerate([*own, *city])}
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for column in sorted(columns, key=lambda c: (order[c.site_id], c.order, c.pk)):
        if not _asks_for_topics(column.rule) or column.key in groups:
            continue
        label = column.name if not own or column.site in own else f"{column.name}（市级）"
        choices = [
            (column.key, f"{column.name}（不分区）" if column.sections.all() else column.name)
        ]
        choices += [(f"{column.key}/{s.key}", s.name) for s in column.sections.all()]
        groups[column.key] = (label, choices)
    return list(groups.values())


def _asks_for_topics(rule: Any) -> bool:
    """Whether ticking a topic can bring something into a column with this rule."""
    if isinstance(rule, Mapping):
        return "topic" in rule or any(_asks_for_topics(part) for part in rule.values())
    return isinstance(rule, list) and any(_asks_for_topics(part) for part in rule)


def theme_choices() -> list[Any]:
    """The second level of 主题分类 under its first."""
    themes = list(Theme.objects.all())
    tops = [theme for theme in themes if theme.parent_id is None]
    rows = [(top.name, [(t.code, t.name) for t in themes if t.parent_id == top.pk]) for top in tops]
    return [BLANK, *grouped(rows)]


@dataclass(frozen=True, slots=True)
class Part:
    """One panel of the form."""

    key: str
    title: str
    icon: str
    fields: tuple[BoundField, ...]
    wide: bool = False
    #: (field of the form, the values with which the panel matters); empty for always
    when: tuple[str, tuple[str, ...]] | None = None
    note: str = ""


class ItemForm(forms.Form):
    """Everything an editor writes on one item, built for its kind and its unit.

    Only the title is needed to save; what submission needs is marked by ``needed``.
    """

    class Media:
        js = ["publishing/js/writing.js", "publishing/js/conditions.js"]

    title = forms.CharField(
        label="标题",
        max_length=300,
        widget=forms.TextInput(attrs={"data-count": "300"}),
        error_messages={
            "required": "请填写标题。",
            "max_length": "标题最多 300 个字，现在有 %(show_value)d 个。",
        },
    )
    summary = forms.CharField(
        label="内容概述",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "data-count": "400"}),
        help_text="用一两句大白话说清“管什么、对谁、怎么办”，显示在列表、搜索结果和长者版的开头。",
        error_messages={"max_length": "内容概述最多 400 个字，现在有 %(show_value)d 个。"},
    )
    doc_no = forms.CharField(
        label="发文字号",
        required=False,
        max_length=60,
        help_text="例如：长财发〔2022〕3号。方括号、圆括号会自动改为六角括号。",
        error_messages={"max_length": "发文字号最多 60 个字，请核对。"},
    )
    addressees = forms.CharField(label="主送机关", required=False, max_length=300)
    origin = forms.ChoiceField(label="信息来源", choices=Origin.choices, required=False)
    contact = forms.CharField(
        label="咨询电话",
        required=False,
        max_length=60,
        help_text="公开的办公电话，例如 0731-88660001；写在这里的号码不会被当作个人信息拦下。",
    )
    source = forms.CharField(
        label="转载来源", required=False, max_length=120, help_text="本单位原创的不填。"
    )
    theme = forms.ChoiceField(label="主题分类", required=False)
    genre = forms.ChoiceField(label="体裁分类", required=False, choices=[BLANK, *GENRE_CHOICES])
    formed_on = DateField(label="成文日期", help_text="落款日期；公开期限从这一天起算。")
    changed_on = DateField(label="变更日期", help_text="内容后来有变更的填写，期限改从这一天起算。")
    effective_on = DateField(label="施行日期")
    expires_on = DateField(label="失效日期", help_text="写明有效期的文件填写。")
    validity = forms.ChoiceField(label="有效性", choices=Validity.choices, required=False)
    attribute = forms.ChoiceField(
        label="公开属性",
        choices=Attribute.choices,
        required=False,
        help_text="只有“主动公开”的信息可以送审发布。",
    )
    keywords = NameListField(
        label="关键词", required=False, help_text="用顿号隔开，例如：小微企业、稳岗补贴。"
    )
    topics = forms.MultipleChoiceField(
        label="放进哪些专题栏目",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="发布后自动出现在勾选的栏目里；“最新公开”和本单位专栏不用勾选。",
    )
    change_kind = forms.ChoiceField(
        label="变更性质", required=False, choices=[BLANK, *ChangeKind.choices]
    )
    change_note = forms.CharField(
        label="变更说明",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="一句话说明改了什么、为什么改。读者会在发布和更正记录里看到这句话。",
    )
    new_files = FilesField(
        label="上传附件",
        required=False,
        widget=FilesInput(attrs={"data-files": ""}),
        help_text="可以一次选多个：PDF、OFD、Word、Excel、演示文稿、图片、TXT、CSV。压缩包不能上传。",
    )
    word = forms.FileField(
        label="用 Word 文档替换正文",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        help_text="选择 .docx 后点“读入正文”，核对无误再保存；在那之前原来的正文不会变。",
    )

    def __init__(self, *args: Any, item: Item, member: Member, **kwargs: Any) -> None:
        self.item = item
        content = content_of(item)
        facts = dict(content["facts"])
        initial = {**content, **{f"{FACT}{name}": value for name, value in facts.items()}}
        kwargs["initial"] = {**initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        kind = item.kind
        self.released_before = item.version > 0
        self._choices(content)
        self.fields["body"] = BodyField(label="正文", stored=content["body"])
        self.fields["joint_units"] = UnitNamesField(
            names=names_to_units(today(), item.unit.area),
            label="联合制作单位",
            help_text="与其他机关共同制作的，填写其他机关的名称，用顿号隔开。",
        )
        for entry in kind.schema:
            self.fields[f"{FACT}{entry['name']}"] = fact_field(
                entry, member=member, attachments=content["attachments"]
            )
        chosen = entries_field(item.unit_id, content)
        if chosen is not None:
            self.fields["entries"] = chosen
        self._leave_out(kind, content)
        self._mark_needed(kind)

    def _choices(self, content: Mapping[str, Any]) -> None:
        self.fields["theme"].choices = _with_current(theme_choices(), content["theme"])  # type: ignore[attr-defined]
        topics = topic_choices(self.item.unit)
        known = {key for _, group in topics for key, _ in group}
        others = [(key, key) for key in content["topics"] if key not in known]
        # What cannot be ticked here any more still must not get lost by saving.
        self.fields["topics"].choices = [*topics, *grouped([("其他", others)])]  # type: ignore[attr-defined]
        genres = self.fields["genre"]
        genres.choices = _with_current(genres.choices, content["genre"])  # type: ignore[attr-defined]

    def _leave_out(self, kind: ItemKind, content: Mapping[str, Any]) -> None:
        """Fields that mean nothing for this kind, unless they hold something already."""
        unused = set()
        if kind.doc_no == "none":
            unused |= {"doc_no", "addressees", "expires_on", "effective_on", "changed_on"}
            if content["validity"] == Validity.IN_FORCE:
                unused.add("validity")
            unused -= {*kind.fields, *kind.required}
        if "genre" not in {*kind.fields, *kind.required}:
            unused.add("genre")
        for name in unused:
            if name == "validity" or not content[name]:
                del self.fields[name]
        if not self.released_before:
            del self.fields["change_kind"], self.fields["change_note"]

    def _mark_needed(self, kind: ItemKind) -> None:
        needed = {*kind.required, "attribute"}
        if kind.doc_no == "required":
            needed.add("doc_no")
        if self.released_before:
            needed |= {"change_kind", "change_note"}
        needed |= {f"{FACT}{e['name']}" for e in kind.schema if e.get("required")}
        for name, field in self.fields.items():
            field.needed = name in needed  # type: ignore[attr-defined]

    def parts(self) -> Iterator[Part]:
        """The panels in order, each with the fields that this item has."""
        schema = self.item.kind.schema
        links = tuple(f"{FACT}{e['name']}" for e in schema if e["type"] == "items")
        facts = tuple(
            f"{FACT}{e['name']}" for e in schema if e["type"] != "items" and not e.get("when")
        )
        heading = self.item.kind.look.heading
        mine = ("facts", heading, "list-ul", facts, False)
        # A kind that can do without a body says what it has to say in its own fields.
        early = "body" not in self.item.kind.required
        layout = (
            ("basic", "基本信息", "doc-full",
             ("title", "summary", "doc_no", "contact", "addressees", "origin", "source",
              "joint_units"), False),
            *((mine,) if early else ()),
            ("body", "正文", "pilcrow", ("body", "word"), True),
            *(() if early else (mine,)),
            ("dates", "分类和日期", "date",
             ("theme", "genre", "formed_on", "changed_on", "effective_on", "expires_on",
              "validity", "attribute", "keywords", "topics"), False),
            ("entries", "公开目录", "list-ul", ("entries",), True),
            ("files", "附件", "doc-empty", ("new_files",), True),
            ("links", "关联的文件", "link", links, False),
            ("change", "更正说明", "history", ("change_kind", "change_note"), False),
        )  # fmt: skip
        for key, title, icon, names, wide in layout:
            present = tuple(self[name] for name in names if name in self.fields)
            if present:
                yield Part(key, title, icon, present, wide)
            if key == "facts":
                yield from self._conditional()

    def _conditional(self) -> Iterator[Part]:
        """One panel for each condition among the kind's own fields: all of them are on the page,
        so that it works without scripts; a script shows those that matter."""
        schema = {entry["name"]: entry for entry in self.item.kind.schema}
        groups: dict[str, list[str]] = {}
        for name, entry in schema.items():
            if entry.get("when"):
                groups.setdefault(str(entry["when"]), []).append(name)
        for number, names in enumerate(groups.values(), 1):
            # One condition hangs on one choice here; a second one only narrows it further.
            control, wanted = next(iter(schema[names[0]]["when"].items()))
            labels = dict(map(tuple, schema[control].get("choices") or []))
            title = "、".join(str(labels.get(value, "是" if value else "否")) for value in wanted)
            yield Part(
                f"when-{number}",
                f"{title}的内容",
                "list-ul",
                tuple(self[f"{FACT}{name}"] for name in names),
                when=(f"{FACT}{control}", tuple(str(value) for value in wanted)),
                note=f"只在“{schema[control]['label']}”选了“{title}”时填写，选别的不用管。",
            )

    def dropped(self) -> list[str]:
        """Labels of fields that hold something and are not kept, because what was chosen leaves
        no place for them."""
        facts = {e["name"]: self.cleaned_data.get(f"{FACT}{e['name']}") for e in self._schema}
        return [
            str(e["label"])
            for e in self._schema
            if facts[e["name"]] not in (None, "", [], False) and not applies(e, facts)
        ]

    @property
    def _schema(self) -> list[dict[str, Any]]:
        return list(self.item.kind.schema)

    def content(self) -> dict[str, Any]:
        """The content of every field that holds (all of them when the form is valid)."""
        values = dict(self.cleaned_data)
        facts = dict(self.item.facts)
        for entry in self.item.kind.schema:
            name = f"{FACT}{entry['name']}"
            if name in values:
                value = values.pop(name)
                # A table that was not on the page that was sent stays as it is.
                if value is not None or entry["type"] != "rows":
                    facts[entry["name"]] = _plain(value)
        known = {entry["name"] for entry in self.item.kind.schema if applies(entry, facts)}
        values["facts"] = {k: v for k, v in facts.items() if k in known and v not in (None, "", [])}
        for name in ("new_files", "word"):
            values.pop(name, None)
        # A list without an empty choice that came in empty was not on the page that was sent.
        for name in ("origin", "validity", "attribute"):
            if not values.get(name):
                values.pop(name, None)
        return {name: _plain(value) for name, value in values.items()}

    def add_refusal(self, fields: Mapping[str, list[str]]) -> None:
        """Put what a service refused beside the fields it is about."""
        for name, messages in fields.items():
            target = field_name(name)
            for message in messages:
                if target in self.fields:
                    self.add_error(target, message)
                else:
                    label = FIELD_LABELS.get(name.split(".")[0], "")
                    self.add_error(None, f"{label}：{message}" if label else message)


def field_name(name: str) -> str:
    """The form's field for a field of the content (``facts.form`` → ``fact_form``)."""
    if name.startswith("facts."):
        return f"{FACT}{name.removeprefix('facts.')}"
    return {"attachments": "new_files"}.get(name, name)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else "" if value is None else value


def _with_current(choices: Any, value: str) -> list[Any]:
    """The choices, and the present value if it is not among them any more."""
    listed = list(choices)
    flat = {key for key, label in listed if not isinstance(label, (list, tuple))}
    flat |= {k for _, group in listed if isinstance(group, (list, tuple)) for k, _ in group}
    return listed if not value or value in flat else [*listed, (value, f"{value}（原有）")]


class StartForm(forms.Form):
    """The first step of a new item: for which unit, of which kind, from Word or from nothing."""

    class Media:
        css = {"all": ["publishing/css/writing.css"]}
        js = ["publishing/js/writing.js"]

    unit = forms.ModelChoiceField(
        label="公开单位",
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={
            "required": "请选择单位。",
            "invalid_choice": "您不是这个单位的编辑，请选择列表里的单位。",
        },
    )
    kind = forms.ChoiceField(
        label="信息种类",
        error_messages={"required": "请选择信息种类。", "invalid_choice": "请选择信息种类。"},
    )
    title = forms.CharField(
        label="标题",
        max_length=300,
        required=False,
        error_messages={"max_length": "标题最多 300 个字。"},
    )
    word = forms.FileField(
        label="Word 文档",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        help_text="标题、发文字号、成文日期和正文会自动读出；旧版 .doc 请先另存为 .docx。",
        error_messages={"empty": "选择的文件是空的，请检查原文件。"},
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        levels = {unit.level for unit in units}
        self.kinds = {
            str(kind.pk): kind
            for kind in ItemKind.objects.all()
            # A kind that none of the person's units issues is not offered.
            if not kind.levels or not levels or levels & set(kind.levels)
        }
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (str(kind.pk), kind.name) for kind in self.kinds.values()
        ]

    def groups(self) -> list[tuple[str, list[tuple[ItemKind, bool]]]]:
        """The kinds in their groups, each with whether it is chosen."""
        chosen = str(self["kind"].value() or "")
        found: dict[str, list[tuple[ItemKind, bool]]] = {label: [] for label in KindGroup.labels}
        for kind in self.kinds.values():
            here = chosen in (str(kind.pk), kind.key)
            found[KindGroup(kind.group).label].append((kind, here))
        return [(label, rows) for label, rows in found.items() if rows]

    def clean_kind(self) -> ItemKind:
        """The kind itself."""
        return self.kinds[self.cleaned_data["kind"]]

    def clean(self) -> dict[str, Any]:
        """A title or a document, one of the two."""
        values = super().clean() or {}
        if not values.get("title") and not values.get("word") and not self.errors.get("word"):
            self.add_error("title", "请填写标题，或者上传 Word 文档。")
        return values
