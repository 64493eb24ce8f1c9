"""The choices of one row: channels, audience, method. Contradictions refuse the row."""

from collections.abc import Callable, Iterable, Mapping

from gongkai.catalogue.entries.rules_cells import (
    Channels,
    marked_parts,
    read_channels,
    read_tick,
    split_units,
)

Doubt = Callable[[str, str], None]
"""Notes a doubt: (column, message)."""


class RowRefused(Exception):
    """This row cannot be kept."""

    def __init__(self, role: str, message: str) -> None:
        self.role = role
        self.message = message


def choose_channels(values: Mapping[str, str], doubt: Doubt) -> Channels:
    """The channels of a row; refuses a row whose marks are all empty."""
    text = values.get("channels", "")
    channels = read_channels(text)
    if channels.all_empty:
        raise RowRefused("channels", "所有渠道前面都是空框，没有一个选中，请勾选")
    if not text:
        doubt("channels", "是空的")
    for words in channels.doubts:
        doubt("channels", words)
    return channels


def choose_audience(
    roles: Iterable[str], values: Mapping[str, str], doubt: Doubt
) -> tuple[str, str]:
    """(all, group or both; the group's name); refuses an unnamed group and an empty choice."""
    if "audience" in roles:
        everybody, group, named = _audience_words(values.get("audience", ""))
    else:
        all_tick, tick = (
            read_tick(values.get("audience_all", "")),
            read_tick(values.get("audience_group", "")),
        )
        everybody, group, named = all_tick.on, tick.on, tick.text
        for role, one in (("audience_all", all_tick), ("audience_group", tick)):
            if one.doubtful:
                doubt(role, "里的符号按已选读入")
    if group and not named:
        raise RowRefused("audience_group", "勾选了特定群体，没有写明是哪些人，请写明")
    if not everybody and not group:
        raise RowRefused("audience_all", "公开对象没有勾选，请勾选全社会或者写明特定群体")
    return ("both" if everybody and group else "all" if everybody else "group"), named[:200]


def _audience_words(text: str) -> tuple[bool, bool, str]:
    parts = [p.text for p in marked_parts(text) if p.on] or split_units(text)
    everybody = group = False
    named: list[str] = []
    for words in parts:
        if "全社会" in words or words in ("社会", "社会公众", "公众"):
            everybody = True
            continue
        group = True
        rest = words.removeprefix("特定群体").strip("_:：()（） ")
        if rest:
            named.append(rest)
    return everybody, group, "、".join(named)


def choose_method(roles: Iterable[str], values: Mapping[str, str], doubt: Doubt) -> str:
    """active or request, exactly one."""
    if "method" in roles:
        text = values.get("method", "")
        words = "、".join(p.text for p in marked_parts(text) if p.on) or text
        request, active = "依申请" in words, "主动" in words
    else:
        ticks = {r: read_tick(values.get(r, "")) for r in ("method_active", "method_request")}
        active, request = ticks["method_active"].on, ticks["method_request"].on
        for role, tick in ticks.items():
            if tick.doubtful:
                doubt(role, "里的符号按已选读入")
    if active and request:
        raise RowRefused("method_active", "主动和依申请都勾选了，只能选一种，请改正")
    if not active and not request:
        raise RowRefused("method_active", "公开方式没有勾选，请勾选主动或者依申请")
    return "active" if active else "request"
