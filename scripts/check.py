"""Everything that must hold before a change lands, with the time each part took.

Run by `make check`. Parts run one after another; the first failure ends the run. When
GONGKAI_CI is set no test may be skipped.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(os.environ.get("BIN", ".venv/bin"))
CI = bool(os.environ.get("GONGKAI_CI"))
SELECTION = "((django_db and not browser) or story) and not sqlite"
POSTGRES = os.environ.get("GONGKAI_TEST_POSTGRES", "")


def parts() -> list[tuple[str, list[str], dict[str, str]]]:
    """(name, command, extra environment) of every part."""
    python = str(BIN / "python")
    pytest = [python, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-rs", "--durations", "10"]
    settings = {"DJANGO_SETTINGS_MODULE": "gongkai.settings.test"}
    found = [
        ("lint", [str(BIN / "ruff"), "check", "."], {}),
        ("format", [str(BIN / "ruff"), "format", "--check", "."], {}),
        ("types", [str(BIN / "mypy"), "gongkai"], {}),
        ("templates", [python, "-m", "scripts.lint_templates"], {}),
        (
            "migrations",
            [str(BIN / "gongkai"), "makemigrations", "--check", "--dry-run"],
            settings,
        ),
        ("tests on SQLite", pytest, {}),
    ]
    if POSTGRES:
        found.append(
            (
                "services and constraints on PostgreSQL",
                [*pytest, "--migrations", "-m", SELECTION],
                {"DATABASE_URL": POSTGRES},
            )
        )
    return found


def main() -> int:
    """Run every part; returns the exit code."""
    times: list[tuple[str, float]] = []
    for name, command, extra in parts():
        print(f"== {name}", flush=True)  # noqa: T201
        started = time.monotonic()
        done = subprocess.run(command, env={**os.environ, **extra}, check=False)  # noqa: S603
        times.append((name, time.monotonic() - started))
        if done.returncode:
            print(f"FAILED: {name} ({' '.join(command)})", flush=True)  # noqa: T201
            return done.returncode
    if not POSTGRES:
        print("NOT RUN: PostgreSQL (set GONGKAI_TEST_POSTGRES to a database URL)")  # noqa: T201
        if CI:
            return 1
    print("\nWhere the time went:")  # noqa: T201
    for name, seconds in times:
        print(f"{seconds:8.1f} s  {name}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
