"""Items pass the gate through this adapter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gongkai.catalogue.models import Theme
from gongkai.core.clock import day_of
from gongkai.core.errors import NotVisible
from gongkai.organisations.access import Member
from gongkai.publishing import services
from gongkai.publishing.content import content_of_revision
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, ItemVersion
from gongkai.publishing.reading import reading_of
from gongkai.review.models import ReviewCase
from gongkai.review.registry import Reading, Subject


class ItemReviewable:
    """See gongkai.review.registry.Reviewable."""

    label = "政府信息"

    def lock(self, subject_id: str) -> None:
        """The row, as ``services.lock_item`` locks it."""
        list(Item.objects.select_for_update().filter(pk=subject_id).values_list("pk"))

    def subject(self, subject_id: str) -> Subject:
        """The newest draft, and everybody who wrote on it since the last release."""
        rows = Item.objects.select_related("unit", "kind", "theme", "latest_revision")
        try:
            return services.subject_of(rows.get(pk=subject_id))
        except Item.DoesNotExist as error:
            raise NotVisible from error

    def present_view(self, subject_id: str) -> Mapping[str, Any]:
        """The content of the newest draft; one narrow query, two when its theme was changed."""
        drafts = Item.objects.filter(has_unpublished_changes=True).values_list(
            "latest_revision__content", "kind__key", "unit__code", "theme_id", "theme__code"
        )
        try:
            stored, kind, unit, theme_id, theme = drafts.get(pk=subject_id)
        except Item.DoesNotExist:
            return self.subject(subject_id).view
        if stored["theme"] != theme_id:
            theme = Theme.objects.get(pk=stored["theme"]).code if stored["theme"] else ""
        return content_of_revision(stored, kind=kind, unit=unit, theme=theme or "")

    def released_view(self, subject_id: str) -> Mapping[str, Any] | None:
        """The newest public version."""
        version = ItemVersion.objects.filter(
            item_id=subject_id, item__visibility=Visibility.PUBLIC
        ).first()
        return version.content if version else None

    def reading(self, view: Mapping[str, Any], subject_id: str) -> Reading:
        """Fields by their labels, the body as the public would see it, the files, the findings."""
        return reading_of(view, subject_id)

    def release(self, *, case: ReviewCase, member: Member, now: datetime) -> None:
        """Publish exactly ``case.view``."""
        services.release_reviewed(case=case, member=member, now=now)

    def case_closed(self, *, case: ReviewCase, now: datetime) -> None:
        """Back to the editor."""
        services.case_ended(case=case, now=now)

    def reopened(self, *, subject_id: str, now: datetime) -> None:
        """An evaluation found it publishable: its editor goes on with the draft."""
        services.item_reopened(item_id=subject_id, now=now)

    def stops_release(self, *, view: Mapping[str, Any], subject_id: str, now: datetime) -> str:
        """Why what was approved must not be released at its hour: its unit has ended, or it does
        not pass today's inspection."""
        item = Item.objects.select_related("unit", "kind").get(pk=subject_id)
        if not item.unit.valid_on(day_of(now)):
            return f"{item.unit.short_name}已停用"
        problems = services.missing(item, now=now, content=view)
        return "；".join(problem.message.rstrip("。") for problem in problems[:3])

    def edit_url(self, subject_id: str) -> str:
        """The editor's writing desk."""
        return f"/admin/items/edit/{subject_id}/"
