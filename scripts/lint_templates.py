"""Every template of ours compiles, is formatted, and holds no inline script or style."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)|\sstyle=|\son[a-z]+=", re.I)
OUTSIDE = re.compile(r"""(?:src|href)=["'](?:https?:)?//""", re.I)


def templates() -> list[Path]:
    """All our templates."""
    return sorted((ROOT / "gongkai").glob("*/templates/**/*.html"))


def main() -> int:
    """Print every problem; returns the exit code."""
    import django

    django.setup()
    from django.template import TemplateSyntaxError
    from django.template.loader import get_template

    problems = []
    for path in templates():
        name = str(path).split("/templates/", 1)[1]
        text = path.read_text(encoding="utf-8")
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            problems.append(f"{path.relative_to(ROOT)}: {error}")
        for label, pattern in (("inline script or style", INLINE), ("other site", OUTSIDE)):
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                problems.append(f"{path.relative_to(ROOT)}:{line}: {label}: {match[0][:60]}")
    print("\n".join(problems) or f"{len(templates())} templates are fine")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.settings.test")
    sys.exit(main())
