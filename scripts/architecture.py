"""Writes the floors diagram into ARCHITECTURE.md from gongkai/floors.py."""

from pathlib import Path

from gongkai.floors import FLOORS

PAGE = Path(__file__).resolve().parent.parent / "ARCHITECTURE.md"
START, END = "<!-- floors: made by scripts/architecture.py -->", "<!-- end of floors -->"


def block() -> str:
    """The diagram between its markers, top floor first."""
    lines = [START, "```"]
    for floor in sorted({f for f, _ in FLOORS.values()}, reverse=True):
        for app, (number, purpose) in FLOORS.items():
            if number == floor:
                lines.append(f"floor {floor}   {app + '/':<16} {purpose}")
    return "\n".join([*lines, "```", END])


def main() -> None:
    """Replace the block in the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(before + block() + after, encoding="utf-8")


if __name__ == "__main__":
    main()
