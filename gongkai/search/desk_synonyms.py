"""Screens of synonyms: the list, a try-out, add, change, switch off."""

import re
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.organisations.desk import (
    desk_context,
    fold_errors,
    member_of,
    posted,
    role_required,
)
from gongkai.organisations.enums import Role
from gongkai.search import selectors, synonyms
from gongkai.search.rules_query import clean

PER_PAGE = 30
WAYS = (
    ("both", "双向：查任何一个，另外几个也查"),
    ("one", "单向：查第一个，也查后面几个；反过来不查"),
)
_BETWEEN = re.compile(r"[\n\r\t、，,；;|]+")


class SynonymForm(forms.Form):
    """Words one below the other; every rule is in the service."""

    words = forms.CharField(
        label="词",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=600,
        help_text="一行一个，也可以用顿号隔开。写完整的词，不写单个字。",
        error_messages={"required": "请写至少两个词。"},
    )
    way = forms.ChoiceField(
        label="方向", choices=WAYS, widget=forms.RadioSelect, initial="both",
        error_messages={"required": "请选择方向。", "invalid_choice": "请选择方向。"},
    )  # fmt: skip
    note = forms.CharField(
        label="说明",
        max_length=200,
        required=False,
        help_text="为什么加，从哪里看到的；只给同事看。",
    )

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        return {
            "words": [word.strip() for word in _BETWEEN.split(given["words"]) if word.strip()],
            "one_way": given["way"] == "one",
            "note": given["note"],
        }


@role_required(Role.SUPERVISOR)
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """All groups, and what a search becomes with them."""
    words = clean(request.GET.get("q", ""))[0][:30]
    tried = clean(request.GET.get("try", ""))[0][:60]
    state = request.GET.get("state", "")
    rows = selectors.synonym_groups(words=words, state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="synonyms",
        page_title="搜索同义词",
        page=page,
        words=words,
        state=state,
        filtered=bool(words or state),
        query=urlencode({k: v for k, v in (("q", words), ("state", state)) if v}),
        tried=tried,
        trial=selectors.trial_of(tried, today=today()) if tried else None,
        may_keep=synonyms.may_keep(member_of(request)),
    )
    return render(request, "search/synonyms.html", context)


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new group."""
    return _edit(request, None)


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """One group: its words, and how many records each finds without and with the others."""
    return _edit(request, group_id)


def _edit(request: HttpRequest, group_id: int | None) -> HttpResponse:
    row = None
    if group_id is not None:
        row = selectors.synonym_groups().filter(pk=group_id).first()
        if row is None:
            raise NotVisible
    initial = None
    if row is not None:
        said = "\n".join(word.text for word in row.words.all())
        initial = {"words": said, "way": "one" if row.one_way else "both", "note": row.note}
    form = SynonymForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = synonyms.group_save(
                group_id=group_id, member=member_of(request), now=now(), **form.values()
            )
            return redirect("search-desk:synonym", saved.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    context = desk_context(
        request,
        current="synonyms",
        page_title=str(row)[:40] if row else "新增同义词组",
        group=row,
        form=form,
        trials=selectors.trials_of(row, today=today()) if row and not form.errors else [],
        may_keep=synonyms.may_keep(member_of(request)),
        trail=[("搜索同义词", "/desk/search/synonyms/"), (str(row)[:20] if row else "新增", "")],
    )
    return render(request, "search/synonym.html", context, status=422 if form.errors else 200)


@role_required(Role.SUPERVISOR)
@require_POST
def switch(request: HttpRequest, group_id: int) -> HttpResponse:
    """Switch a group off or on."""
    active = request.POST.get("active") == "on"
    row = synonyms.group_switch(
        group_id=group_id, active=active, member=member_of(request), now=now()
    )
    return redirect("search-desk:synonym", row.pk)
