"""The writing screen of one item, and what serves the editor while writing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import TemplateView

from gongkai.core import blobs
from gongkai.core.clock import now
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.organisations.admin import DeskPage, StoredRowMixin
from gongkai.publishing import drafting, lifecycle, services
from gongkai.publishing.content import apply_content
from gongkai.publishing.enums import Visibility
from gongkai.publishing.fields import MAX_BODY
from gongkai.publishing.forms import ItemForm, field_name
from gongkai.publishing.importing.clean import clean_html
from gongkai.publishing.models import Item
from gongkai.publishing.presentation import preview_context
from gongkai.publishing.progress import (
    doubts_of,
    history_of,
    progress_of,
    release_time,
    state_of,
)
from gongkai.review import scheduling
from gongkai.review import services as review
from gongkai.review.enums import ACTIVE
from gongkai.review.models import ReviewCase

ITEMS = {"url": "/admin/items/", "label": "政府信息"}


def notes_key(item_id: int) -> str:
    return f"item-{item_id}-notes"


class ItemPage(StoredRowMixin, DeskPage):
    """A page about one item of a unit in which the person is an editor."""

    model = Item
    select_related = ("unit__area", "kind", "theme", "latest_revision")
    breadcrumbs_items = [ITEMS]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The stored row decides who may come in; the newest draft is what they see."""
        super().setup(request, *args, **kwargs)
        self.copy = services.working_copy(self.row)

    def get_page_title(self) -> str:
        """The title of the draft, shortened for the head of the page."""
        title = self.copy.title
        return title if len(title) <= 24 else f"{title[:23]}…"


class ItemEdit(ItemPage, TemplateView):
    """The writing screen. Saving goes through the services only."""

    template_name = "publishing/admin/edit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, the state of the item, and what is still missing."""
        form = kwargs.pop("form", None) or ItemForm(item=self.copy, member=self.member)
        notes = kwargs.pop("notes", None)
        if notes is None:
            notes = self.request.session.pop(notes_key(self.row.pk), [])
        problems = [
            {"target": form[field_name(p.field)].id_for_label or f"id_{field_name(p.field)}",
             "label": p.label, "message": p.message}
            if field_name(p.field) in form.fields
            else {"target": "", "label": p.label, "message": p.message}
            for p in services.missing(self.row, now=now())
        ]  # fmt: skip
        context: dict[str, Any] = super().get_context_data(
            form=form,
            parts=list(form.parts()),
            item=self.row,
            draft=self.copy,
            notes=notes,
            problems=problems,
            progress=progress_of(self.row),
            doubts=doubts_of(self.row, self.copy),
            state=state_of(self.row),
            base=kwargs.pop("base", self.row.latest_revision_id or 0),
            public_url=f"/nr/{self.row.pk}/" if self.row.visibility != Visibility.HIDDEN else "",
            released_before=self.row.version > 0,
            **kwargs,
        )
        return context

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Save; with ``action`` submit also send to review; with import read a Word document."""
        action = request.POST.get("action", "save")
        form = ItemForm(request.POST, request.FILES, item=self.copy, member=self.member)
        form.full_clean()
        if action == "import":
            return self._import(request, form)
        if request.POST.get("base") != str(self.row.latest_revision_id or 0):
            return self._conflict(form)
        before = self.row.latest_revision_id
        warnings = self._files(request, form)
        self._reload()
        if form.is_valid():
            try:
                self.copy = services.item_edit(
                    item_id=pk,
                    content={**form.content(), **self._attachment_titles(request)},
                    member=self.member,
                    now=now(),
                )
            except InvalidInput as refused:
                form.add_refusal(refused.fields)
        if form.errors:
            if self.row.latest_revision_id != before:
                warnings.insert(0, "附件的变动已经保存，不用重新选择；其他内容还没有保存。")
            self._reload()
            return self._again(form, warnings)
        for text in (*form.fields["body"].warnings, *warnings):  # type: ignore[attr-defined]
            messages.warning(request, text)
        if dropped := form.dropped():
            messages.warning(
                request,
                f"按您现在的选择，{'、'.join(dropped)}用不上，没有保留；改回原来的选择以后需要重新填写。",
            )
        if action == "submit":
            return self._submit(request, pk)
        messages.success(request, "草稿已保存。")
        return redirect("items:edit", pk)

    def _reload(self) -> None:
        row = Item.objects.select_related(*self.select_related).get(pk=self.row.pk)
        self.row, self.copy = row, services.working_copy(row)

    def _again(self, form: ItemForm, notes: list[str], status: int = 422) -> HttpResponse:
        context = self.get_context_data(form=form, notes=notes)
        return self.render_to_response(context, status=status)

    def _conflict(self, form: ItemForm) -> HttpResponse:
        """Somebody saved in the meantime: nothing is overwritten unless it is sent again."""
        revision = self.row.latest_revision
        who = str(revision.user) if revision and revision.user else "其他人"
        form.add_error(
            None,
            f"您打开页面以后，{who}保存过这份草稿。您填写的内容还在下面，没有保存；"
            "请先在新窗口打开本页核对对方的修改。再次点保存，会以您的内容为准。",
        )
        return self._again(form, [], status=409)

    def _files(self, request: HttpRequest, form: ItemForm) -> list[str]:
        """Take off and add attachments. They are kept even when the text has an error, because a
        browser cannot send chosen files a second time."""
        warnings: list[str] = []
        refused: list[str] = []
        for sha256 in request.POST.getlist("remove_file"):
            try:
                drafting.attachment_remove(
                    item_id=self.row.pk, sha256=sha256, member=self.member, now=now()
                )
            except Refusal:
                continue
        for file in request.FILES.getlist("new_files"):
            try:
                _, found = drafting.attachment_add(
                    item_id=self.row.pk,
                    filename=file.name or "",
                    data=file.read(),
                    member=self.member,
                    now=now(),
                )
                warnings += found
            except InvalidInput as error:
                refused += error.fields["attachments"]
        if refused:
            form.add_refusal({"attachments": refused})
        return warnings

    def _attachment_titles(self, request: HttpRequest) -> dict[str, Any]:
        entries = [
            {**e, "title": request.POST.get(f"title-{e['sha256']}", e["title"]).strip()[:120]}
            for e in self.copy.attachments
        ]
        kept = [{**e, "title": e["title"] or e["filename"]} for e in entries]
        return {"attachments": kept} if kept else {}

    def _import(self, request: HttpRequest, form: ItemForm) -> HttpResponse:
        """Show the form again with the body out of a Word document; nothing is saved."""
        word = request.FILES.get("word")
        try:
            if word is None:
                raise InvalidInput({"word": ["请先选择 Word 文档，再点“读入正文”。"]})
            draft = drafting.word_into_draft(
                item_id=self.row.pk,
                filename=word.name or "",
                data=word.read(),
                member=self.member,
                now=now(),
            )
        except InvalidInput as refused:
            form.add_refusal(refused.fields)
            return self._again(form, [])
        data = request.POST.copy()
        data["body"] = str(draft.content["body"])
        for name, value in draft.content.items():
            if name in form.fields and not data.get(name):
                data[name] = str(value)
        read = ItemForm(data, item=self.copy, member=self.member)
        notes = [
            "正文已换成 Word 文档里的内容，还没有保存。请核对后点“保存草稿”。",
            *draft.warnings,
        ]
        return self._again(read, notes, status=200)

    def _submit(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """What was saved goes to review; what is missing is listed beside the form."""
        try:
            services.item_submit(
                item_id=pk,
                member=self.member,
                now=now(),
                note=request.POST.get("submit_note", "").strip(),
                release_at=release_time(request.POST.get("release_at", "")),
            )
        except InvalidInput as refused:
            count = sum(len(texts) for texts in refused.fields.values())
            release = refused.fields.get("release_at")
            messages.error(
                request,
                f"内容已保存，但还不能送审：{release[0]}"
                if release
                else f"内容已保存，但还不能送审：有 {count} 处需要补充，见“还缺什么”。",
            )
            return redirect(f"{reverse('items:edit', args=[pk])}#missing")
        messages.success(request, "已送审，请等待审核。审核期间再修改，这次送审会作废。")
        return redirect("items:edit", pk)


class ItemRecall(ItemPage):
    """Takes a submission back, so that it can be changed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Recall the active case through the gate."""
        case = ReviewCase.objects.filter(
            subject_kind="item", subject_id=str(pk), status__in=ACTIVE
        ).first()
        if case is None:
            messages.warning(request, "这份稿件现在没有在审核，不需要撤回。")
        else:
            review.case_recall(case_id=case.pk, member=self.member, now=now())
            messages.success(request, "已撤回送审，可以继续修改。")
        return redirect("items:edit", pk)


class ItemReschedule(ItemPage):
    """Gives a submission another hour of release; nothing else of the form is saved."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Change the hour through the gate."""
        case = ReviewCase.objects.filter(
            subject_kind="item", subject_id=str(pk), status__in=ACTIVE
        ).first()
        try:
            moment = release_time(request.POST.get("reschedule_at", ""))
            if case is None:
                messages.warning(request, "这份稿件现在没有在审核，不需要改时间。")
            elif moment is None:
                messages.error(
                    request, "请填写新的发布时间；不想定时发布了，请撤回送审后重新送审。"
                )
            else:
                scheduling.case_reschedule(
                    case_id=case.pk, release_at=moment, member=self.member, now=now()
                )
                messages.success(request, "发布时间已经改好。")
        except InvalidInput as refused:
            messages.error(request, refused.reason)
        return redirect("items:edit", pk)


class ItemDelete(ItemPage, TemplateView):
    """Asks once more, then deletes a draft that was never submitted."""

    template_name = "publishing/admin/delete.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The draft in question."""
        context: dict[str, Any] = super().get_context_data(item=self.row, draft=self.copy, **kwargs)
        return context

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Delete through the service."""
        title = self.copy.title
        lifecycle.draft_delete(item_id=pk, member=self.member, now=now())
        messages.success(request, f"草稿《{title}》已删除，占用的文号已经放开。")
        return redirect("items:index")


class ItemPreview(ItemPage):
    """The public page of the draft: as saved (GET), or as it stands in the form (POST)."""

    def _show(self, request: HttpRequest, item: Item) -> HttpResponse:
        # Pictures that are not saved yet can be seen only through the desk.
        context = preview_context(item, lambda sha: reverse("items:picture", args=[item.pk, sha]))
        return render(request, item.get_preview_template(request, ""), context)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The newest saved draft."""
        return self._show(request, self.copy)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is typed, saved or not; fields that cannot be read show their saved content."""
        form = ItemForm(request.POST, item=self.copy, member=self.member)
        form.full_clean()
        apply_content(self.copy, form.content())
        return self._show(request, self.copy)


class ItemHistory(ItemPage, TemplateView):
    """Everything that happened to the item; read only."""

    template_name = "publishing/admin/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The recorded facts, newest first."""
        events = history_of(self.row)
        context: dict[str, Any] = super().get_context_data(
            item=self.row, draft=self.copy, events=events, **kwargs
        )
        return context


class PictureAdd(ItemPage):
    """Takes a picture for the body; answers with its digest."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the picture; what is wrong with it comes back as one sentence."""
        picture = request.FILES.get("picture")
        try:
            if picture is None:
                raise InvalidInput({"picture": ["请选择图片。"]})
            sha256 = drafting.picture_add(
                item_id=pk,
                filename=picture.name or "",
                data=picture.read(),
                member=self.member,
                now=now(),
            )
        except InvalidInput as refused:
            return JsonResponse({"error": refused.reason}, status=422)
        return JsonResponse({"sha256": sha256})


class PictureShow(ItemPage):
    """A picture of the draft for the editor's eyes, saved or not yet."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int, sha: str) -> HttpResponse:
        """The picture; 404 for everything that was not uploaded for this item."""
        blob = drafting.picture_of(self.row, sha)
        if blob is None:
            raise Http404("没有这张图片")
        response = HttpResponse(blobs.read(blob.sha256), content_type=blob.content_type)
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class PasteClean(DeskPage):
    """Cleans pasted text for the editor: what it returns is what may be stored."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """The cleaned fragment and what was changed on the way."""
        html = request.POST.get("html", "")
        if len(html) > MAX_BODY:
            return JsonResponse({"error": "粘贴的内容太长，请分几次粘贴。"}, status=422)
        result = clean_html(html)
        return JsonResponse({"html": result.html, "warnings": list(result.warnings)})
