"""Forms of meetings. They shape input; every rule is in the services."""

from typing import Any

from django import forms

from gongkai.decisions.enums import Decision, LinkKind, MeetingKind, ObserverGroup, Way
from gongkai.decisions.meetings import Entry
from gongkai.decisions.models import AgendaItem, Meeting
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit
from gongkai.publishing.fact_fields import DateField
from gongkai.publishing.fields import ItemRefsField
from gongkai.review.enums import WithholdCode

SPARE = 3
BLANK = ("", "（请选择）")


class MeetingForm(forms.Form):
    """The meeting itself; the agenda is a set of :class:`AgendaForm`."""

    unit = forms.ModelChoiceField(
        label="登记单位",
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"required": "请选择单位。", "invalid_choice": "您不是这个单位的编辑。"},
    )
    kind = forms.ChoiceField(
        label="会议类别",
        choices=[BLANK, *MeetingKind.choices],
        error_messages={"required": "请选择会议类别。"},
    )
    government = forms.CharField(
        label="会议主体", max_length=40, help_text="例如：市人民政府。",
        error_messages={"required": "请填写是哪一级政府的会议。"},
    )  # fmt: skip
    term = forms.CharField(
        label="届次", max_length=20, help_text="例如：第十六届。",
        error_messages={"required": "请填写届次。"},
    )  # fmt: skip
    session_no = forms.IntegerField(
        label="第几次会议", min_value=1, max_value=999,
        error_messages={"required": "请填写第几次会议。", "invalid": "请填写数字。"},
    )  # fmt: skip
    held_on = DateField(label="开会日期")
    chair = forms.CharField(
        label="主持人职务", max_length=40, help_text="只写职务，例如：市长。",
        error_messages={"required": "请填写主持人的职务。"},
    )  # fmt: skip
    reports = forms.CharField(
        label="媒体报道", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一篇，写“媒体｜标题｜日期”，例如：长沙晚报（演示）｜市政府研究保供｜2022-10-12。",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, units: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["unit"]
        field.queryset = units
        for key, label in ObserverGroup.choices:
            self.fields[f"n_{key}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=999,
                error_messages={"invalid": "请填写人数。"},
            )  # fmt: skip

    @property
    def groups(self) -> list[Any]:
        """The fields of the observers' counts."""
        return [self[f"n_{key}"] for key in ObserverGroup.values]

    def clean_held_on(self) -> Any:
        """The day is needed; the field itself lets it be empty."""
        day = self.cleaned_data["held_on"]
        if not day:
            raise forms.ValidationError("请填写开会日期。")
        return day

    def clean_reports(self) -> list[dict[str, str]]:
        """Lines as rows; a line without a title is said."""
        rows = []
        for line in filter(None, map(str.strip, self.cleaned_data["reports"].splitlines())):
            parts = [part.strip() for part in line.replace("|", "｜").split("｜")]
            if len(parts) < 2 or not parts[1]:
                raise forms.ValidationError(f"“{line[:20]}”没有写标题，请写成“媒体｜标题｜日期”。")
            row = {"outlet": parts[0], "title": parts[1]}
            if len(parts) > 2 and parts[2]:
                try:
                    row["day"] = str(DateField().clean(parts[2]))
                except forms.ValidationError as error:
                    raise forms.ValidationError(
                        f"“{parts[2]}”不是日期，请写成 2022-10-12。"
                    ) from error
            rows.append(row)
        return rows


class AgendaForm(forms.Form):
    """One row of the agenda; a row without a title counts as empty."""

    row = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label="议题", max_length=200, required=False)
    way = forms.ChoiceField(label="议程", choices=[BLANK, *Way.choices], required=False)
    decision = forms.ChoiceField(label="结论", choices=[BLANK, *Decision.choices], required=False)
    text = forms.CharField(
        label="议定内容", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    organ = forms.CharField(label="汇报单位", max_length=80, required=False)
    lead = forms.CharField(label="牵头单位", max_length=80, required=False)
    needs_document = forms.BooleanField(label="会后要形成文件", required=False)
    held_back = forms.BooleanField(label="这个议题不公开", required=False)
    code = forms.ChoiceField(
        label="不公开情形", choices=[BLANK, *WithholdCode.choices], required=False
    )
    legal_basis = forms.CharField(label="不公开依据", max_length=200, required=False)


def _agenda_initial(row: AgendaItem) -> dict[str, Any]:
    names = ("title", "way", "decision", "text", "organ", "lead", "needs_document", "code",
             "legal_basis")  # fmt: skip
    return {"row": row.pk, "held_back": not row.public, **{n: getattr(row, n) for n in names}}


AgendaSet = forms.formset_factory(AgendaForm, extra=SPARE, can_delete=True, can_order=False)


def agenda_set(data: Any, meeting: Meeting | None) -> Any:
    """The rows of a meeting and spare ones; works without scripts, saving brings new spare rows."""
    rows = AgendaItem.objects.filter(meeting=meeting) if meeting else []
    found = AgendaSet(data, prefix="agenda", initial=[_agenda_initial(row) for row in rows])
    for form in found.forms:
        form.fields["DELETE"].label = "删去这个议题"
    return found


def entries_of(forms_: Any) -> list[Entry]:
    """The rows that hold something and were not taken out."""
    found = []
    for form in forms_:
        data = form.cleaned_data
        if not data or data.get("DELETE") or not (data.get("title") or data.get("text")):
            continue
        found.append(
            Entry(
                id=data["row"], title=data["title"], way=data["way"], decision=data["decision"],
                text=data["text"], organ=data["organ"], lead=data["lead"],
                public=not data["held_back"], code=data["code"], legal_basis=data["legal_basis"],
                needs_document=data["needs_document"],
            )
        )  # fmt: skip
    return found


def meeting_initial(meeting: Meeting) -> dict[str, Any]:
    """A stored meeting as the form takes it."""
    names = ("unit", "kind", "government", "term", "session_no", "held_on", "chair")
    labels = {str(label): key for key, label in ObserverGroup.choices}
    counts = {
        f"n_{labels[r['group']]}": r["count"] for r in meeting.observers if r["group"] in labels
    }
    lines = [
        "｜".join(filter(None, (r.get("outlet"), r.get("title"), r.get("day"))))
        for r in meeting.media
    ]
    return {**{n: getattr(meeting, n) for n in names}, **counts, "reports": "\n".join(lines)}


def observers_of(data: dict[str, Any]) -> dict[str, int]:
    """Counts by group."""
    return {key: data.get(f"n_{key}") or 0 for key in ObserverGroup.values}


class LinkForm(forms.Form):
    """What came of a matter."""

    agenda = forms.ChoiceField(label="议题", error_messages={"required": "请选择议题。"})
    kind = forms.ChoiceField(label="关联的是", choices=LinkKind.choices)

    def __init__(self, data: Any = None, *, member: Member, agenda: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["agenda"]
        field.choices = [
            BLANK,
            *((str(row.pk), f"{number}. {row.title}") for number, row in enumerate(agenda, 1)),
        ]
        self.fields["items"] = ItemRefsField(
            member=member, label="信息", widget=forms.Textarea(attrs={"rows": 2}),
            help_text="一行一个：粘贴网址，或者填写发文字号、编号、完整标题。",
        )  # fmt: skip
