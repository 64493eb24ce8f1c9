"""Files of items: stored as blobs, served only as far as their item may be seen."""

from django.http import HttpRequest
from django.urls import reverse

from gongkai.core.blobs import Grant
from gongkai.core.clock import today
from gongkai.core.models import Blob
from gongkai.organisations.access import Member, member_for
from gongkai.publishing.content import blobs_in, content_of
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, ItemVersion
from gongkai.publishing.selectors import items_for
from gongkai.publishing.services import working_copy
from gongkai.review.models import ReviewCase
from gongkai.review.register import sealed_cases


def _name_of(content: dict[str, object], sha256: str) -> str:
    attachments = content.get("attachments")
    for entry in attachments if isinstance(attachments, list) else []:
        if entry["sha256"] == sha256:
            return str(entry["filename"])
    return f"{sha256[:12]}"


def _grant(content: dict[str, object], sha: str, *, public: bool) -> Grant | None:
    for sha256 in blobs_in(content):
        if not sha256.startswith(sha):
            continue
        blob = Blob.objects.filter(pk=sha256).first()
        if blob is None:
            return None
        return Grant(
            sha256=sha256,
            filename=_name_of(content, sha256),
            content_type=blob.content_type,
            inline=blob.content_type.startswith("image/"),
            public=public,
        )
    return None


def item_file_gate(request: HttpRequest, record: str, sha: str) -> Grant | None:
    """Leave to read a file of an item.

    A file of the public version or of an unsealed earlier one: everybody, while the item is
    public. A file of a draft or of a withdrawn item: staff who may see the unit's work.
    """
    if not (record.isascii() and record.isdigit()) or len(sha) < 16:
        return None
    item = (
        Item.objects.select_related("unit", "kind", "theme", "latest_revision")
        .filter(pk=int(record))
        .first()
    )
    if item is None:
        return None
    if item.visibility == Visibility.PUBLIC:
        for version in ItemVersion.objects.filter(item=item, sealed=False):
            grant = _grant(version.content, sha, public=True)
            if grant:
                return grant
    if not request.user.is_authenticated or not member_for(request.user, today()).may_see(
        item.unit
    ):
        return None
    grant = _grant(content_of(working_copy(item)), sha, public=False)
    if grant:
        return grant
    for version in ItemVersion.objects.filter(item=item):
        grant = _grant(version.content, sha, public=False)
        if grant:
            return grant
    return None


def named_for(member: Member, ids: list[str]) -> dict[str, tuple[str, str]]:
    """Title and desk address of the items that a person may see, for lists of files."""
    numbers = [int(key) for key in ids if key.isascii() and key.isdigit() and len(key) < 18]
    found = {str(item.pk): item.title for item in items_for(member).filter(pk__in=numbers)}
    sealed = ReviewCase.objects.filter(sealed_cases(member), subject_kind="item")
    hidden = set(sealed.filter(subject_id__in=found).values_list("subject_id", flat=True))
    return {
        key: (title, reverse("desk:trail", args=["item", key]))
        for key, title in found.items()
        if key not in hidden
    }
