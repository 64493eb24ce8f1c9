"""The editors' desk for items: list, start, write, preview, history, and what serves the editor."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView

from gongkai.core.clock import now
from gongkai.core.errors import InvalidInput
from gongkai.organisations.admin import (
    DeskPage,
    ExtraView,
    OwnUnitsMixin,
    UnitBoundViewSet,
    editor_units,
)
from gongkai.organisations.desk import member_of
from gongkai.organisations.enums import Role
from gongkai.publishing import drafting, services
from gongkai.publishing.enums import Status
from gongkai.publishing.fields import title_of
from gongkai.publishing.forms import StartForm
from gongkai.publishing.found import KIND
from gongkai.publishing.found_staff import FIELDS, within
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.writing import (
    ITEMS,
    ItemDelete,
    ItemEdit,
    ItemHistory,
    ItemPreview,
    ItemRecall,
    ItemReschedule,
    PasteClean,
    PictureAdd,
    PictureShow,
    notes_key,
)
from gongkai.search.lists import OWN, RELEVANCE, Listed, searched

TONES = {
    Status.DRAFT: "",
    Status.IN_REVIEW: "warn",
    Status.RETURNED: "red",
    Status.WITHHELD: "red",
    Status.SETTLED: "ok",
}


LONGEST = 100
"""Characters of a question that are looked at."""


class ItemList(OwnUnitsMixin, DeskPage, TemplateView):
    """The unit's items, newest change first; filters by kind, status and unit, and a search that
    looks into the newest draft, best first or in the same order."""

    model = Item
    template_name = "publishing/admin/list.html"
    page_title = "政府信息"
    page_size = 20

    def _filtered(self) -> Listed[Item]:
        rows = self.get_base_queryset().select_related("unit", "kind", "latest_revision")
        given = self.request.GET
        only = {"unit": within(self.member.unit_ids(Role.EDITOR))}
        if given.get("kind"):
            rows = rows.filter(kind__key=given["kind"])
            only["type"] = [given["kind"]]
        if given.get("status") in Status.values:
            rows = rows.filter(status=given["status"])
            only["state"] = [given["status"]]
        if given.get("unit", "").isdigit():
            rows = rows.filter(unit_id=int(given["unit"]))
            only["unit"] = within([int(given["unit"])])
        return searched(
            rows.order_by("-updated_at", "-id"),
            given.get("q", "")[:LONGEST],
            kind=KIND,
            fields=FIELDS,
            only=only,
            order=OWN if given.get("order") == OWN else RELEVANCE,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of rows and what the filter offers; constant number of queries."""
        found = self._filtered()
        page = Paginator(found.rows, self.page_size).get_page(self.request.GET.get("p"))
        rows = [
            {
                "item": item,
                "title": title_of(item),
                "tone": TONES[Status(item.status)],
                "url": reverse("items:edit", args=[item.pk]),
            }
            for item in page
        ]
        query = self.request.GET.copy()
        query.pop("p", None)
        context: dict[str, Any] = super().get_context_data(
            page=page,
            rows=rows,
            kinds=ItemKind.objects.all(),
            statuses=Status.choices,
            units=list(editor_units(self.member)),
            given=self.request.GET,
            filtered=any(value for name, value in query.items() if name != "order"),
            cut=found.cut,
            query=query.urlencode(),
            **kwargs,
        )
        return context


class ItemStart(DeskPage, TemplateView):
    """A new item: unit and kind, then a title or a Word document; the draft opens next."""

    template_name = "publishing/admin/start.html"
    page_title = "新建信息"
    breadcrumbs_items = [ITEMS]

    def _form(self, data: Any = None, files: Any = None) -> StartForm:
        units = editor_units(self.member)
        initial = {"unit": units.first(), "kind": self.request.GET.get("kind")}
        return StartForm(data, files, units=units, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        kwargs.setdefault("form", self._form())
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Start the draft; everything typed stays when something is wrong."""
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        unit, kind = form.cleaned_data["unit"], form.cleaned_data["kind"]
        word, title = form.cleaned_data["word"], form.cleaned_data["title"]
        warnings: tuple[str, ...] = ()
        try:
            if word:
                item, warnings = drafting.item_from_word(
                    unit=unit,
                    kind=kind,
                    filename=word.name,
                    data=word.read(),
                    member=self.member,
                    now=now(),
                )
            else:
                item = services.item_create(
                    unit=unit,
                    kind=kind,
                    content={"title": title, "body": kind.template},
                    member=self.member,
                    now=now(),
                )
        except InvalidInput as refused:
            for name, texts in refused.fields.items():
                for text in texts:
                    form.add_error(name if name in form.fields else None, text)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        request.session[notes_key(item.pk)] = list(warnings)
        messages.success(
            request,
            "已读入 Word 文档，请核对下面的内容。" if word else "已建立草稿，请继续填写。",
        )
        return redirect("items:edit", item.pk)


class ItemViewSet(UnitBoundViewSet):
    """政府信息 on the writing desk."""

    model = Item
    icon = "doc-full"
    menu_label = "政府信息"
    index_view_class = ItemList
    add_view_class = ItemStart
    edit_view_class = ItemEdit
    preview_view_class = ItemPreview
    history_view_class = ItemHistory
    extra_views = (
        ExtraView("recall", "recall/<int:pk>/", ItemRecall),
        ExtraView("reschedule", "reschedule/<int:pk>/", ItemReschedule),
        ExtraView("discard", "discard/<int:pk>/", ItemDelete),
        ExtraView("picture_add", "pictures/<int:pk>/", PictureAdd),
        ExtraView("picture", "pictures/<int:pk>/<slug:sha>/", PictureShow),
        ExtraView("clean", "clean/", PasteClean),
    )
    home_template = "publishing/admin/home_part.html"

    def home_context(self, request: HttpRequest) -> dict[str, Any]:
        """What came back, what is being written, what is under review: counts and newest rows."""
        ids = member_of(request).unit_ids(Role.EDITOR)
        rows = Item.objects.filter(unit_id__in=ids)
        counts = dict(rows.values_list("status").annotate(n=Count("pk")))
        newest = rows.exclude(status=Status.SETTLED).select_related(
            "unit", "kind", "latest_revision"
        )
        return {
            "counts": [
                {"status": status, "label": Status(status).label, "count": counts.get(status, 0)}
                for status in (Status.RETURNED, Status.DRAFT, Status.IN_REVIEW)
            ],
            "rows": [
                {"item": i, "title": title_of(i), "tone": TONES[Status(i.status)]}
                for i in newest.order_by("-updated_at", "-id")[:8]
            ],
        }
