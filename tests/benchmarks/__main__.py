"""Every benchmark → one table, with peers of the same run; status 1 when a goal is missed."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.rows import BUSY, Row, others_at_work

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
    unsure = "" if row.goal is None else "cannot tell"
    evaluation = {None: unsure, True: "ok", False: "MISSED"}[row.met]
    if row.interval is not None:
        evaluation += f" ({row.interval[0]:,.3g} to {row.interval[1]:,.3g})"
    if row.is_disturbed and row.met is None and row.goal is not None:
        evaluation += ", others have the machine busy"
    value = f"{row.value:,.4g}"
    return f"{row.name:<58} {value:>12} {peer:>12} {row.unit:<5} {ratio:>8} {goal:>7}  {evaluation}"


def main(chosen: Iterable[str]) -> int:
    """Run the chosen benchmarks, and return the exit status."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    print(f"{'':<58} {'value':>12} {'peer':>12} {'unit':<5} {'ratio':>8} {'goal':>7}")
    missed = unsure = broken = 0
    for name in chosen:
        rows = measured(name)
        broken += rows is None
        for row in rows or ():
            print(show(row), flush=True)
            missed += row.met is False
            unsure += row.met is None and row.goal is not None
    print(f"{missed} goals missed" if missed else "No goal is missed.")
    if unsure:
        print(f"{unsure} that this run cannot tell; one on a calm machine may")
    if broken:
        print(f"{broken} benchmarks came to no end")
    return 1 if missed or broken else 0


def measured(name: str) -> list[Row] | None:
    """Run a benchmark; None where it raises, as a bot does that comes too late to answer."""
    began = time.perf_counter()
    try:
        with others_at_work() as others:
            rows: list[Row] = importlib.import_module(f"tests.benchmarks.{name}").run()
    except Exception as error:  # noqa: BLE001 - the others are worth their run
        print(f"--- {name} BROKEN: {type(error).__name__}: {error}", flush=True)
        return None
    print(f"--- {name} ({time.perf_counter() - began:.0f} s, others had {others():.0%})")
    return [replace(row, is_disturbed=others() > BUSY) for row in rows]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names(), []], default=[])
    sys.exit(main(parser.parse_args().names or names()))
