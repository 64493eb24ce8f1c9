"""The icon set: 24 by 24, one stroke, drawn for this project; names say the thing shown.

Each value is SVG content without colours: stroke and fill come from the class ``ic``.
"""

from typing import Final

ICONS: Final[dict[str, str]] = {
    # acts on a document
    "print": '<path d="M7 8V3.5h10V8M7 17H4V8h16v9h-3M7 14h10v6.5H7z"/>',
    "download": '<path d="M12 4v11M7.5 10.5 12 15l4.5-4.5M4 20h16"/>',
    "upload": '<path d="M12 15.5V4M7.5 8.5 12 4l4.5 4.5M4 20h16"/>',
    "listen": '<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6'
    'M18.3 6.5a8 8 0 0 1 0 11"/>',
    "qr": '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v2.5M14 20h2.5'
    'M18.5 18.5H20V20"/>',
    "flag": '<path d="M6 21V4h12l-3 4 3 4H6"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0'
    'l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5a2.3 2.3 0 0 0 4 0"/>',
    "eye": '<path d="M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12z"/>'
    '<circle cx="12" cy="12" r="2.7"/>',
    # tools of the frame
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h10"/>',
    "elder": '<circle cx="12" cy="6.5" r="3.2"/><path d="'
    'M5 20.5c.6-5 3.4-7.3 7-7.3s6.4 2.3 7 7.3"/>',
    "access": '<circle cx="12" cy="4.6" r="1.7"/><path d="m4.5 8.5 5 1.2v4.1l-2 7.2'
    'M19.5 8.5l-5 1.2v4.1l2 7.2M9.5 13.8h5"/>',
    "home": '<path d="m4 11 8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6"/>',
    "user": '<circle cx="12" cy="8" r="3.7"/><path d="'
    'M4.5 20.5c.8-4.5 3.8-6.5 7.5-6.5s6.7 2 7.5 6.5"/>',
    "users": '<circle cx="9" cy="8.5" r="3.2"/><path d="M2.5 19.5c.6-4 3.2-6 6.5-6s5.9 2 6.5 6'
    'M15.5 5.6a3.2 3.2 0 0 1 0 5.8M17.5 14c2.2.7 3.6 2.5 4 5.5"/>',
    # what the public comes for
    "file": '<path d="M6 3h9l4 4v14H6zM14 3v5h5M9 12.5h7M9 16.5h5"/>',
    "scales": '<path d="M12 4v16M7.5 20h9M5 7h14M8 7l-3.5 7h7zM16 7l-3.5 7h7z"/>',
    "ask": '<path d="M4 5h16v11H10.5L6 20v-4H4zM8.5 10.5h.01M12 10.5h.01M15.5 10.5h.01"/>',
    "mail": '<path d="M4 6h16v12H4zM4 7l8 6 8-6"/>',
    "chart": '<path d="M3.5 20h17M6.5 20v-8M12 20V5M17.5 20v-5.5"/>',
    "pencil": '<path d="m4.5 20 1-4.5L16 5l3.5 3.5L9 19zM13.5 7.5 17 11M14 20h6"/>',
    "book": '<path d="M12 6.5C10 5 7 4.5 4 4.5v14c3 0 6 .5 8 2 2-1.5 5-2 8-2v-14c-3 0'
    '-6 .5-8 2zM12 6.5v14"/>',
    "building": '<path d="M3.5 20h17M5 20V9.5l7-4.5 7 4.5V20M9 20v-7M12 20v-7M15 20v-7M5 9.5h14"/>',
    "pin": '<path d="M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11z"/>'
    '<circle cx="12" cy="10" r="2.4"/>',
    "phone": '<path d="M6 3.5h3.5L11 8.5 8.7 10a11 11 0 0 0 5.3 5.3l1.5'
    "-2.3 5 1.5V18a2.5 2.5 0 0 1-2.7"
    ' 2.5C10.5 20 4 13.5 3.5 6.2A2.5 2.5 0 0 1 6 3.5z"/>',
    "village": '<path d="m3 12.5 5-4.5 5 4.5M4.5 11.5V20h7v-8.5M13 8.5 16.5 5.5 21 10'
    'M19.5 8.8V20h-5M7 20v-4h2v4"/>',
    # what staff do
    "inbox": '<path d="m4 13 3-8h10l3 8v6H4zM4 13h5l1 2.5h4l1-2.5h5"/>',
    "review": '<path d="M6 3h9l4 4v14H6zM14 3v5h5m-9.5 6 2.2 2.2 4.3-4.5"/>',
    "ledger": '<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01"/>',
    "lock": '<path d="M5.5 11h13v9.5h-13zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11M12 14.5v2.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.2l3.5 2"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10.5h16M8.5 3.5V8M15.5 3.5V8"/>',
    "history": '<path d="M4.5 8A8.5 8.5 0 1 1 3.5 12.5M4 3.5V8h4.5M12 7.5v5l3.5 2"/>',
    "undo": '<path d="M9 5 4.5 9.5 9 14M4.5 9.5H14a5.5 5.5 0 0 1 0 11h-4"/>',
    "camera": '<path d="M3.5 7.5h4L9 5h6l1.5 2.5h4v12h-17z"/><circle cx="12" cy="13" r="3.5"/>',
    "settings": '<path d="M4 7h8m4 0h4M4 17h4m4 0h8"/><circle cx="14" cy="7" r="2"/>'
    '<circle cx="10" cy="17" r="2"/>',
    "out": '<path d="M10 4H5v16h5M15 8l4 4-4 4M19 12H9.5"/>',
    # states
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.6h.01"/>',
    "alert": '<path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 17h.01"/>',
    "stop": '<path d="M8.3 3.5h7.4l4.8 4.8v7.4l-4.8 4.8H8.3l-4.8-4.8V8.3zM9 9l6 6M15 9l-6 6"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "next": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "previous": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "down": '<path d="m6 9 6 6 6-6"/>',
    "waiting": '<circle cx="12" cy="12" r="8" stroke-dasharray="2.5 3.5"/>',
    "running": '<path d="M12 4a8 8 0 1 1-8 8"/>',
}


def icon_svg(name: str, label: str = "", extra_class: str = "") -> str:
    """Return one icon as inline SVG.

    Without ``label`` it is decoration and hidden from assistive technology; with ``label`` it is
    an image with that name. ``label`` and ``extra_class`` must already be escaped.
    Raises KeyError for an unknown name, so that a typing mistake shows in the first test.
    """
    role = f'role="img" aria-label="{label}"' if label else 'aria-hidden="true"'
    classes = f"ic {extra_class}".strip()
    return f'<svg class="{classes}" viewBox="0 0 24 24" {role}>{ICONS[name]}</svg>'
