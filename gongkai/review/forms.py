"""Forms of the review desk. They shape input; every rule is in the services."""

from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet

from gongkai.organisations.models import Unit
from gongkai.review.enums import Outcome, Step, WithholdCode


class VerdictForm(forms.Form):
    """One verdict on the step at hand; ``digest`` ties it to what was on the screen."""

    verdict = forms.ChoiceField(
        label="结论",
        choices=[("approve", "通过"), ("reject", "退回修改")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结论。"},
    )
    remark = forms.CharField(
        label="意见",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回和不予公开时必填，写明理由；通过时可以不填。",
    )
    digest = forms.CharField(widget=forms.HiddenInput)


class SecrecyForm(VerdictForm):
    """The secrecy review: may be published and why, or one of the seven grounds against."""

    verdict = forms.ChoiceField(
        label="结论",
        choices=[("open", "可以公开"), ("reject", "退回修改"), ("withhold", "不予公开")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结论。"},
    )
    legal_basis = forms.CharField(
        label="可以公开的依据",
        required=False,
        max_length=300,
        help_text="例如：条例第十三条、第十九条；经核对不含第十四条至第十六条所列情形。",
    )
    code = forms.ChoiceField(
        label="不予公开的情形",
        required=False,
        choices=[("", "（选“不予公开”时选择）"), *WithholdCode.choices],
    )


class ConsultForm(forms.Form):
    """Ask other organs before release."""

    units = forms.ModelMultipleChoiceField(
        label="征求哪些单位",
        queryset=Unit.objects.none(),
        error_messages={
            "required": "请至少选择一个单位。",
            "invalid_choice": "所选单位里有不能征求的，请重新选择。",
        },
        widget=forms.CheckboxSelectMultiple,
    )
    question = forms.CharField(
        label="征求事项",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明请对方核对哪一部分、什么时候前回复。",
        error_messages={"required": "请写明要征求意见的事项。"},
    )

    def __init__(self, data: Any = None, *, units: QuerySet[Unit]) -> None:
        super().__init__(data, auto_id="id_ask_%s")
        field: Any = self.fields["units"]
        field.queryset = units
        # Grouped as in the register, so that a unit is found without reading all of them.
        field.widget.choices = [
            (label, [(unit.pk, unit.short_name) for unit in members])
            for label, members in groupby(units, key=lambda unit: unit.get_kind_display())
        ]


class AnswerForm(forms.Form):
    """The consulted organ's answer."""

    agrees = forms.ChoiceField(
        label="是否同意公开",
        choices=[("yes", "同意"), ("no", "不同意")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是否同意。"},
    )
    opinion = forms.CharField(
        label="意见",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不同意的，写明理由和依据；同意时可以不填。",
    )


class SettleForm(forms.Form):
    """How an objection was settled."""

    settlement = forms.CharField(
        label="协商结果",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明协商的经过和结果。"},
    )


class EvaluationForm(forms.Form):
    """Propose an evaluation of what is withheld."""

    outcome = forms.ChoiceField(
        label="评估结果",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择评估结果。"},
    )
    code = forms.ChoiceField(
        label="不予公开的情形",
        required=False,
        choices=[("", "（选“继续不予公开”时选择）"), *WithholdCode.choices],
    )
    reason = forms.CharField(
        label="理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明原来的情形还在不在，依据有没有变化；可以公开的，写明为什么现在可以。",
        error_messages={"required": "请写明评估的理由。"},
    )
    next_review_on = forms.DateField(
        label="下次评估",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="继续不予公开时填写。",
        error_messages={"invalid": "请填写有效的日期，例如 2023-10-18。"},
    )


class EvaluationVerdictForm(forms.Form):
    """Confirm a proposed evaluation or send it back."""

    verdict = forms.ChoiceField(
        label="确认意见",
        choices=[("confirm", "确认"), ("return", "退回")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择确认还是退回。"},
    )
    remark = forms.CharField(
        label="说明",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回时必填。",
    )


class StepsForm(forms.Form):
    """Which steps a unit's submissions pass."""

    mode = forms.ChoiceField(
        label="用哪些步骤",
        choices=[("common", "全市通用步骤"), ("own", "本单位自己的步骤")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择用通用步骤还是自己的步骤。"},
    )
    steps = forms.MultipleChoiceField(
        label="本单位的步骤",
        required=False,
        choices=[(s.value, s.label) for s in (Step.FIRST, Step.SECOND, Step.FINAL)],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有这个审核步骤，请重新选择。"},
        help_text="至少一步。保密审查总在最后，去不掉（条例第十七条）。",
    )
