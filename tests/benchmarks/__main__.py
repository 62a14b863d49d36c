"""Every benchmark → one table, with peers of the same run; status 1 when a goal is missed."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.rows import Row

FOLDER = Path(__file__).parent
HARNESS = {"__init__", "__main__", "rows"}


def names() -> list[str]:
    """List the benchmarks: every module beside this one that is not the harness."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in HARNESS)


def show(row: Row) -> str:
    """Write one line of the table."""
    peer = "" if row.peer_value is None else f"{row.peer_value:>12,.4g}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} x"
    sign = ">" if row.at_least else ""
    goal = "" if row.goal is None else f"{sign}{row.goal:g}"
    evaluation = {None: "", True: "ok", False: "MISSED"}[row.met]
    value = f"{row.value:,.4g}"
    return f"{row.name:<58} {value:>12} {peer:>12} {row.unit:<5} {ratio:>8} {goal:>7}  {evaluation}"


def main(chosen: Iterable[str]) -> int:
    """Run the chosen benchmarks, and return the exit status."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    print(f"{'':<58} {'value':>12} {'peer':>12} {'unit':<5} {'ratio':>8} {'goal':>7}")
    missed = 0
    for name in chosen:
        began = time.perf_counter()
        rows: list[Row] = importlib.import_module(f"tests.benchmarks.{name}").run()
        print(f"--- {name} ({time.perf_counter() - began:.0f} s)")
        for row in rows:
            print(show(row), flush=True)
            missed += row.met is False
    print(f"{missed} goals missed" if missed else "Every goal is met.")
    return 1 if missed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names(), []], default=[])
    sys.exit(main(parser.parse_args().names or names()))
