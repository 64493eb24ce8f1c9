"""``python -m benchmarks [name ...] [--scale small|full]``: run benchmarks on scratch databases.

Each one runs in its own process with its own database in a temporary folder, prints a table and
writes ``benchmarks/results/<name>.md``. The exit code is 1 when a required ratio is missed.
"""

import argparse
import importlib
import os
import subprocess
import sys
import time

from benchmarks import scratch
from benchmarks.report import load_average, show, write

NAMES = (
    "publish",
    "placements",
    "writers",
    "pages",
    "desk",
    "demo_start",
    "import_items",
    "catalogue_states",
    "public_speed",
    "search_page",
    "search_log",
    "filetexts",
    "search",
)


def run_one(name: str, scale: str) -> int:
    """Run one benchmark in this process."""
    module = importlib.import_module(f"benchmarks.{name}")
    load, started = load_average(), time.monotonic()
    with scratch.database(**getattr(module, "ENVIRONMENT", {})):
        result = module.run(scale)
        show(result)
        command = f"python -m benchmarks {name}" + (f" --scale {scale}" if scale != "small" else "")
        if name == "search" and os.environ.get("GONGKAI_BENCH_DATA"):
            command += " --data FOLDER"
        write(result, command=command, seconds=time.monotonic() - started, load=load)
    return 1 if result.missed else 0


def main() -> int:
    """Parse the command line and run what was named; everything when nothing was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    parser.add_argument("--scale", choices=["small", "full"], default="small")
    parser.add_argument("--lighthouse", metavar="PATH", help="command for public_speed")
    parser.add_argument("--data", metavar="FOLDER", help="texts and questions for search")
    options = parser.parse_args()
    if options.data:
        os.environ["GONGKAI_BENCH_DATA"] = os.path.abspath(options.data)
    if options.lighthouse:
        os.environ["GONGKAI_BENCH_LIGHTHOUSE"] = os.path.abspath(options.lighthouse)
    names = list(dict.fromkeys(options.names)) or list(NAMES)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    if len(names) == 1:
        return run_one(names[0], options.scale)
    missed = []
    for name in names:
        command = [sys.executable, "-m", "benchmarks", name, "--scale", options.scale]
        if subprocess.run(command, check=False).returncode:
            missed.append(name)
    print(f"\n{len(names) - len(missed)} of {len(names)} benchmarks keep what is required")
    if missed:
        print(f"MISS or failed: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
