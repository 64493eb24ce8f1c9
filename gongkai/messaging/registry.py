"""What kinds of notice there are, and who knows what falls due: declared here by the rooms above."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.apps import apps

from gongkai.messaging.audience import Audience


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice as it stands in a person's settings.

    ``mail`` False means it is never mailed at once; ``urgent`` means that it is mailed at once
    unless the person says otherwise (others wait for the daily digest). ``roles`` are those who
    can get it at all; empty = anybody.
    """

    key: str
    label: str
    mail: bool
    urgent: bool
    roles: tuple[str, ...] = ()


_KINDS: dict[str, NoticeKind] = {}
DUE_LABEL = "到期提醒"


def register_notice_kind(
    key: str, label: str, *, mail: bool = True, urgent: bool = False, roles: Sequence[str] = ()
) -> None:
    """Declare a kind of notice, in ``apps.ready()``; ``key`` is like ``review.returned``.

    With ``roles`` it stands only in the settings of people who hold one of them. A second,
    different declaration of the same key raises ValueError.
    """
    kind = NoticeKind(key, label, mail, urgent, tuple(str(role) for role in roles))
    if _KINDS.get(key, kind) != kind:
        raise ValueError(f"notice kind {key} is registered twice")
    _KINDS[key] = kind


def notice_kind(key: str) -> NoticeKind:
    """The declared kind; LookupError for one that nobody declared."""
    if key not in _KINDS:
        raise LookupError(f"notice kind {key} is not registered")
    return _KINDS[key]


def notice_kinds() -> list[NoticeKind]:
    """All kinds, those of one room together: due dates first, the platform's own last."""
    rooms = list(dict.fromkeys(key.partition(".")[0] for key in _KINDS))
    rooms.sort(key=lambda room: (room == "outbox", room != "due"))
    return sorted(_KINDS.values(), key=lambda kind: rooms.index(kind.key.partition(".")[0]))


def room_label(key: str) -> str:
    """The Chinese name of the room that a kind belongs to, for headings."""
    room = key.partition(".")[0]
    own = {"due": DUE_LABEL, "outbox": "平台运行"}
    if room in own:
        return own[room]
    return (
        str(apps.get_app_config(room).verbose_name)
        if apps.is_installed(f"gongkai.{room}")
        else room
    )


def kind_label(key: str) -> str:
    """The Chinese name of a kind; the key itself for one that is no longer declared."""
    return _KINDS[key].label if key in _KINDS else key


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something open that falls due: who answers for it, what it is, where it is dealt with.

    ``key`` names it for good within its source; ``title`` may be mailed, so it holds no personal
    data and no unpublished text.
    """

    audience: Audience
    title: str
    url: str
    due: date
    key: str


#: Called with (today, the last day asked for); yields what is open now and due by that day,
#: what is overdue included.
DueItems = Callable[[date, date], Iterable[DueItem]]


@dataclass(frozen=True, slots=True)
class DueSource:
    """One room's source of due dates."""

    key: str
    label: str
    items: DueItems


_SOURCES: dict[str, DueSource] = {}


def register_due_source(key: str, label: str, source: DueItems) -> None:
    """Let a room say what falls due, in ``apps.ready()``; ``key`` is like ``ledger.tasks``.

    The timer makes one notice of kind ``due.<key>`` when three working days are left, one on the
    day and one when it is overdue, for as long as the source still yields the item. Registering a
    key again replaces its source.
    """
    _SOURCES[key] = DueSource(key, label, source)
    register_notice_kind(due_kind(key), f"{DUE_LABEL}：{label}", urgent=True)


def due_kind(key: str) -> str:
    """The notice kind of a due source."""
    return f"due.{key}"


def due_sources() -> list[DueSource]:
    """All sources, in the order in which they were registered."""
    return list(_SOURCES.values())
