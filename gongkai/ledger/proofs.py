"""What may prove something: public items of the own unit, government addresses, clean files."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Q, QuerySet

from gongkai.ledger.models import Evidence
from gongkai.organisations.models import Unit
from gongkai.publishing.guards import guard_of
from gongkai.publishing.models import Item
from gongkai.screening.files import FileInput
from gongkai.screening.inspection import inspect


def own_items(unit: Unit) -> QuerySet[Item]:
    """Items that may prove a unit's work: its own; for a district also its departments'."""
    return Item.objects.filter(Q(unit=unit) | Q(unit__area=unit))


def is_government_address(url: str) -> bool:
    """Whether an address lies on a government domain (``.gov.cn``) beyond doubt."""
    try:
        # Strict about the host: browsers read “evil.com\\.gov.cn” as evil.com.
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return False
    parts = urlsplit(url)
    host = parts.hostname or ""
    return host.endswith(".gov.cn") and "@" not in parts.netloc and "\\" not in url


def address_problem(url: str) -> str:
    """What is wrong with an address, in Chinese; empty when it may be kept."""
    if len(url) > 500:
        return "网址太长（超过 500 个字符），请换用网页的短地址。"
    if not is_government_address(url):
        return "网址应以 http 开头并属于政府网站（.gov.cn），请核对。"
    return ""


def file_problems(files: Iterable[tuple[str, bytes]]) -> list[str]:
    """What screening finds that forbids keeping these (name, content) files."""
    report = inspect({}, [FileInput(name, data) for name, data in files])
    return [f"{f.message}{f.remedy}" for f in report.findings if f.severity == "block"]


def evidence_title(item: Item) -> str:
    """What a published item is called in the ledger, whose facts are kept for ever: the kind alone
    for what is deleted one day."""
    return item.kind.name if guard_of(item.kind.key).fleeting else item.title


def forget(item_id: int) -> None:
    """The names copied from an item whose content is deleted for good; that it was evidence stays."""
    Evidence.objects.filter(item_id=item_id).update(title="（已删除）")
