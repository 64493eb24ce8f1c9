"""Forms of follow-ups and monthly reports; every rule is in the services."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings

from gongkai.core.clock import day_of
from gongkai.ledger import rules_followups as rules
from gongkai.ledger.enums import FollowLevel, ReportDue
from gongkai.ledger.followups import Terms
from gongkai.ledger.models import Plan
from gongkai.organisations.models import Unit
from gongkai.publishing.models import Item

_LEVELS = [(one.level, f"{one.label}：{one.words}") for one in rules.LADDER]


class TermsForm(forms.Form):
    """By when a reply is due: working days, or a day."""

    days = forms.IntegerField(
        label="几个工作日内回复",
        required=False,
        min_value=1,
        max_value=rules.LONGEST_DAYS,
        help_text="从明天起算，节假日和调休按工作日历。",
        error_messages={
            "invalid": "请填写整数。",
            "min_value": "至少 1 个工作日。",
            "max_value": f"最多 {rules.LONGEST_DAYS} 个工作日。",
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    day = forms.DateField(
        label="或者指定日期",
        required=False,
        help_text="指定了日期，就把上面的工作日数清空。",
        error_messages={"invalid": "请填写有效的日期，例如 2022-10-28。"},
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    @property
    def terms(self) -> Terms:
        """What was chosen; after ``is_valid()``."""
        return Terms(self.cleaned_data.get("days"), self.cleaned_data.get("day"))


class IssueForm(TermsForm):
    """A notice to one unit."""

    unit = forms.ModelChoiceField(
        label="发给哪个单位",
        queryset=Unit.objects.none(),
        empty_label="（请选择）",
        error_messages={"required": "请选择单位。", "invalid_choice": "请选择主管范围内的单位。"},
    )
    level = forms.ChoiceField(
        label="层级",
        choices=_LEVELS,
        widget=forms.RadioSelect,
        initial=FollowLevel.REMINDER,
        error_messages={"required": "请选择层级。", "invalid_choice": "请选择层级。"},
    )
    title = forms.CharField(
        label="事由",
        max_length=120,
        error_messages={"required": "请写明事由。", "max_length": "事由不超过 120 个字。"},
    )
    demand = forms.CharField(
        label="要求",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="写清要做什么、做到什么程度。责任单位会看到，公众看不到。",
        error_messages={"required": "请写明要求对方做什么。"},
    )
    basis = forms.CharField(
        label="依据",
        max_length=300,
        required=False,
        help_text="文号和条款，例如 长政务公开办发〔2022〕1号第十五项。",
    )
    field_order = ["unit", "level", "title", "demand", "basis", "days", "day"]

    def __init__(self, data: Any = None, *, units: Sequence[Unit], initial: Any = None) -> None:
        super().__init__(data, initial={"days": rules.LADDER[0].days, **(initial or {})})
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])
        field.widget.choices = [
            ("", field.empty_label),
            *(
                (label, [(unit.pk, unit.short_name) for unit in members])
                for label, members in groupby(units, key=lambda unit: unit.get_kind_display())
            ),
        ]


class BulkForm(TermsForm):
    """The common words of many notices."""

    level = forms.ChoiceField(
        label="层级",
        choices=_LEVELS,
        widget=forms.RadioSelect,
        initial=FollowLevel.REMINDER,
        error_messages={"required": "请选择层级。", "invalid_choice": "请选择层级。"},
    )
    title = forms.CharField(
        label="事由", max_length=120, error_messages={"required": "请写明事由。"}
    )
    lead = forms.CharField(
        label="要求",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每个单位的任务清单会接在后面，不用逐条写。",
        error_messages={"required": "请写明要求。"},
    )
    basis = forms.CharField(label="依据", max_length=300, required=False)
    field_order = ["level", "title", "lead", "basis", "days", "day"]


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files, each no larger than the limit of uploads."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All of them; refuses what is empty or too large before it is read."""
        found = []
        for upload in [one for one in data or [] if one]:
            if upload.size > settings.UPLOAD_LIMIT:
                limit = settings.UPLOAD_LIMIT // 1024 // 1024
                raise forms.ValidationError(f"“{upload.name}”超过 {limit} MB，请压缩后重新上传。")
            found.append(super().clean(upload, initial))
        return found


class ReplyForm(forms.Form):
    """What a unit answers."""

    text = forms.CharField(
        label="办理情况",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="写明做了什么、什么时候做完；没有做完的写原因和时间。",
        error_messages={"required": "请写明办理情况。"},
    )
    items = forms.MultipleChoiceField(
        label="作为证明的已公开信息",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "所选信息里有的现在没有公开，请重新选择。"},
    )
    url = forms.CharField(
        label="网址",
        required=False,
        max_length=500,
        help_text="政府网站（.gov.cn）上的页面，没有就留空。",
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    url_title = forms.CharField(label="网页标题", required=False, max_length=300)
    attachments = FilesField(
        label="文件",
        required=False,
        help_text="最多 5 个，每个不超过 20 MB。",
        error_messages={"empty": "有一个文件是空的，请重新选择。"},
    )

    def __init__(self, data: Any = None, files: Any = None, *, items: Iterable[Item]) -> None:
        super().__init__(data, files)
        field: Any = self.fields["items"]
        field.choices = [
            (str(item.pk), f"{day_of(item.published_at)} {item.title}")
            for item in items
            if item.published_at
        ]
        if not field.choices:
            del self.fields["items"]


class VerdictForm(forms.Form):
    """Accept, with or without a remark."""

    remark = forms.CharField(label="意见", max_length=500, required=False)


class WhyForm(forms.Form):
    """An act that needs its reason."""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明理由，对方会看到。"},
    )


class WhyTermsForm(TermsForm):
    """An act that needs its reason and a new reply day."""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明理由，对方会看到。"},
    )
    field_order = ["reason", "days", "day"]


class ReportRuleForm(forms.Form):
    """From which month a plan asks for reports, and by which day."""

    start = forms.ChoiceField(label="从哪个月起报", required=False)
    kind = forms.ChoiceField(
        label="期限怎么算", choices=ReportDue.choices, widget=forms.RadioSelect
    )
    nth = forms.IntegerField(
        label="次月第几个工作日",
        min_value=1,
        max_value=20,
        error_messages={
            "required": "请填写第几个工作日。",
            "min_value": "应在 1 到 20 之间。",
            "max_value": "应在 1 到 20 之间。",
            "invalid": "请填写整数。",
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, data: Any = None, *, plan: Plan) -> None:
        start = plan.reports_from.isoformat() if plan.reports_from else ""
        super().__init__(
            data, initial={"start": start, "kind": plan.report_due, "nth": plan.report_nth}
        )
        field: Any = self.fields["start"]
        field.choices = [
            ("", "不要求月报"),
            *(
                (date(plan.year, month, 1).isoformat(), f"{plan.year} 年 {month} 月")
                for month in range(1, 13)
            ),
        ]

    @property
    def start_day(self) -> date | None:
        """The first day of the chosen month; after ``is_valid()``."""
        chosen = self.cleaned_data["start"]
        return date.fromisoformat(chosen) if chosen else None


class ReportForm(forms.Form):
    """What a unit says about one task; drafts may lack anything."""

    send = forms.BooleanField(label="报送这一项", required=False)
    progress = forms.CharField(
        label="本月进展", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    percent = forms.IntegerField(
        label="完成百分比",
        required=False,
        min_value=0,
        max_value=100,
        error_messages={
            "invalid": "请填写 0 到 100 的整数。",
            "min_value": "应在 0 到 100 之间。",
            "max_value": "应在 0 到 100 之间。",
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    problems = forms.CharField(
        label="困难和问题", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    next_step = forms.CharField(
        label="下一步", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    items = forms.MultipleChoiceField(
        label="本月公开的信息，选作凭据", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, data: Any = None, *, share: int, items: Iterable[Item] = (), initial: Any = None
    ) -> None:
        super().__init__(data, prefix=str(share), initial=initial)
        field: Any = self.fields["items"]
        field.choices = [
            (str(item.pk), f"{day_of(item.published_at)} {item.title}")
            for item in items
            if item.published_at
        ]
        if not field.choices:
            del self.fields["items"]
