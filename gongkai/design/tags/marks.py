"""Filters, and marks that stand within a line."""

import datetime as dt
from functools import lru_cache

import segno
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from gongkai.design import charts
from gongkai.design.icons import icon_svg
from gongkai.design.phrases import phrases as split_phrases
from gongkai.design.static_files import sheets_of
from gongkai.design.tags.registry import local, register


@register.filter
def phrases(title: object) -> SafeString:
    """Escape a title and put ``<wbr>`` where a line may break (use inside h1 or ``.title``)."""
    return _broken(str(title or ""))


@lru_cache(maxsize=4096)
def _broken(title: str) -> SafeString:
    return mark_safe("<wbr>".join(escape(piece) for piece in split_phrases(title)))


@register.filter
def cn_date(value: dt.date | None) -> str:
    """``2022年10月14日``; empty for no date."""
    if not value:
        return ""
    day = local(value)
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def cn_day(value: dt.date | None) -> str:
    """``10月14日``, for lists within one year; empty for no date."""
    if not value:
        return ""
    day = local(value)
    return f"{day.month}月{day.day}日"


@register.filter
def cn_weekday(value: dt.date | None) -> str:
    """``星期五``; empty for no date."""
    return "星期" + "一二三四五六日"[local(value).weekday()] if value else ""


@register.filter
def stamp(value: dt.date | None) -> str:
    """``2022-10-18 09:30``, the form the site rules ask for (国办发〔2017〕47号); no seconds."""
    if not value:
        return ""
    moment = local(value)
    return moment.strftime("%Y-%m-%d %H:%M" if isinstance(moment, dt.datetime) else "%Y-%m-%d")


@register.filter
def tel(value: object) -> str:
    """A phone number as a ``tel:`` address wants it: the digits and hyphens it begins with."""
    text = str(value or "").strip()
    return text[: next((i for i, c in enumerate(text) if c not in "+0123456789-"), len(text))]


@register.filter
def cn_size(value: int | None) -> str:
    """A file size in words: ``318 KB``, ``2.4 MB``; empty for none."""
    if value is None:
        return ""
    size = float(value)
    for unit in ("字节", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "字节" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


@register.simple_tag
def bundle(name: str) -> SafeString:
    """Links to the style sheets of a bundle (``settings.STYLE_BUNDLES``): one where they are
    joined, else the sources in their order."""
    return format_html_join(
        "", '<link rel="stylesheet" href="{}">\n', ((url,) for url in sheets_of(name))
    )


@register.simple_tag
def icon(name: str, label: str = "", extra_class: str = "") -> SafeString:
    """One icon as inline SVG; decoration unless ``label`` names it."""
    return mark_safe(
        icon_svg(name, str(conditional_escape(label)), str(conditional_escape(extra_class)))
    )


@register.simple_tag
def tag(label: str, tone: str = "") -> SafeString:
    """A word in a box. ``tone``: empty (blue), red, ok, warn, idle or fill."""
    return format_html('<span class="tag {}">{}</span>', tone, label)


@register.simple_tag
def light(
    state: object,
    days: int | None = None,
    label: str = "",
    size: str = "",
    shape_only: bool = False,
) -> SafeString:
    """A light: shape, colour and words. ``size``: s, empty or l; ``shape_only`` where words follow.

    Shapes: dot 按期, triangle 剩 N 个工作日, square 逾期 N 个工作日, dashed ring 未到时间.
    """
    colour = charts.light_state(state)
    drawing = mark_safe(f'<svg viewBox="0 0 12 12" aria-hidden="true">{charts.MARKS[colour]}</svg>')
    words = "" if shape_only else (label or charts.light_words(state, days))
    return format_html('<span class="light {} is-{}">{}{}</span>', size, colour, drawing, words)


@register.simple_tag
def lamp(
    number: object, state: object, url: str = "", title: str = "", days: int | None = None
) -> SafeString:
    """A numbered light whose outline tells the state; ``title`` names the work point."""
    colour = charts.light_state(state)
    shape, baseline = charts.LAMPS[colour]
    drawing = format_html(
        '<svg viewBox="0 0 44 44" aria-hidden="true">{}<text x="22" y="{}">{}</text></svg>',
        mark_safe(shape),
        baseline,
        number,
    )
    name = f"第 {number} 项，" + (f"{title}，" if title else "") + charts.light_words(state, days)
    spoken = format_html('{}<span class="vh">{}</span>', drawing, name)
    if url:
        return format_html(
            '<a class="lamp is-{}" href="{}" title="{}">{}</a>', colour, url, name, spoken
        )
    return format_html('<span class="lamp is-{}" title="{}">{}</span>', colour, name, spoken)


@lru_cache(maxsize=1024)
def _modules(url: str) -> tuple[int, str]:
    """The size of a code and its dark modules as one path; choosing the mask takes 3 ms."""
    code = segno.make(url, error="m", micro=False)
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(code.matrix)
        for x, dark in enumerate(row)
        if dark
    )
    return int(code.symbol_size(border=0)[0]), path


@register.simple_tag
def qr(url: str, label: str = "本页二维码，用手机扫码打开") -> SafeString:
    """A QR code as inline SVG with its own white ground; wrap in ``div.qr`` beside a sentence."""
    size, path = _modules(url)
    return format_html(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path fill="#000" d="{}"/></svg>',
        label,
        size,
        size,
        path,
    )
