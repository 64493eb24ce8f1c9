"""One form field, and the summary of what is wrong with a form."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from gongkai.design.tags.registry import register


def _widget_kind(widget: forms.Widget) -> str:
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.FileInput):
        return "file"
    if isinstance(widget, (forms.SelectDateWidget, forms.MultiWidget)):
        return "choices"
    return "input"


@register.inclusion_tag("design/components/field.html")
def field(
    bound_field: BoundField,
    help: str = "",
    inline: bool = False,
    drop: bool = True,
    needed: bool = False,
) -> dict[str, Any]:
    """One form field: label, help, error, widget. Optional fields say so; required ones do not.

    ``inline`` lays radio buttons and boxes in a row; ``drop=False`` shows a plain file input;
    ``needed`` is for a field that another answer makes necessary: it is not called optional.
    """
    kind = _widget_kind(bound_field.field.widget)
    optional = not bound_field.field.required and kind != "checkbox" and not needed
    widget = bound_field.as_widget()
    if help and not bound_field.help_text and kind != "choices":
        # Django ties only help that the form itself declares.
        said = f"{bound_field.auto_id}_helptext"
        if bound_field.errors:
            said += f" {bound_field.auto_id}_error"
        widget = bound_field.as_widget(attrs={"aria-describedby": said})
    return {
        "field": bound_field,
        "kind": kind,
        "help": help or bound_field.help_text,
        "widget": widget,
        "inline": inline,
        "drop": drop and kind == "file",
        "optional": optional,
        "multiple": bool(getattr(bound_field.field.widget, "allow_multiple_selected", False)),
    }


def _target(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or str(bound.auto_id)


@register.inclusion_tag("design/components/error_summary.html")
def error_summary(
    form: forms.BaseForm | None = None, messages: Iterable[str] = ()
) -> dict[str, Any]:
    """All errors of a form with links to their fields, then ``messages`` from elsewhere."""
    rows: list[dict[str, str]] = []
    if form is not None:
        rows += [{"text": str(text), "target": ""} for text in form.non_field_errors()]
        rows += [
            {"text": f"{bound.label}：{text}", "target": _target(bound)}
            for bound in form
            for text in bound.errors
        ]
    rows += [{"text": str(text), "target": ""} for text in messages]
    return {"rows": rows}
