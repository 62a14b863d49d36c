"""Name of a file → the file: ``python -m services.debugcog.prometheus rules > rules.yml``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from services.debugcog import settings as configuration
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.prometheus.board import board
from services.debugcog.prometheus.rule_file import rule_file
from services.debugcog.settings import Settings


def _rules(settings: Settings) -> str:
    return rule_file(default_rules(settings), scale=settings.alert_time_scale)


def _board(_: Settings) -> str:
    return board()


FILES: Mapping[str, Callable[[Settings], str]] = {"rules": _rules, "board": _board}
"""What can be written, by the name of the command."""


def main(arguments: list[str]) -> int:
    """Write one of the files, for the settings of the environment and ``.env``."""
    parser = argparse.ArgumentParser(prog="python -m services.debugcog.prometheus")
    parser.add_argument("file", choices=FILES)
    parser.add_argument(
        "--defaults", action="store_true", help="ignore the environment and .env, as deploy/ does"
    )
    chosen = parser.parse_args(arguments)
    settings = Settings() if chosen.defaults else configuration.load()
    sys.stdout.write(FILES[chosen.file](settings))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
