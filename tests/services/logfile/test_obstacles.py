"""What hides lines of a logger is named with its fix, without a call of the host's code."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.hooks import RecordHandler
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.logfile.obstacles import Obstacle, obstacles
from services.debugcog.logs import setup_logging
from services.debugcog.settings import Settings

NAMES = ("obs", "obs.part", "obs.other", "obs.third", "obs.fourth")


@pytest.fixture(autouse=True)
def loggers() -> Iterator[logging.Logger]:
    handlers, disable = list(logging.root.handlers), logging.root.manager.disable
    logging.root.handlers = []
    yield logging.getLogger("obs")
    logging.root.handlers = handlers
    logging.disable(disable)
    for name in NAMES:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.filters.clear()
        logger.propagate, logger.disabled = True, False
        logger.setLevel(logging.NOTSET)


def hidden(name: str = "obs.part", level: int = logging.DEBUG) -> tuple[Obstacle, ...]:
    return obstacles(name, level, to_file=True)


def test_where_nothing_hides_a_line_nothing_is_named() -> None:
    assert hidden() == ()


def test_what_keeps_our_breadcrumbs_hides_nothing_from_anybody() -> None:
    logging.root.addHandler(RecordHandler(cast("ErrorReporter", None), Breadcrumbs()))
    assert hidden() == ()


def test_a_handler_with_a_higher_level_is_named_with_its_file_and_the_fix(tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "own.log", delay=True)
    handler.setLevel(logging.WARNING)
    logging.root.addHandler(handler)
    assert hidden() == (
        Obstacle(
            "FileHandler (own.log) of the root logger",
            "takes WARNING and above only",
            "handler.setLevel(logging.DEBUG)",
        ),
    )
    assert hidden(level=logging.ERROR) == ()


def test_levels_that_the_host_has_coloured_are_named_plainly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_levelToName", "_nameToLevel"):
        monkeypatch.setattr(logging, name, {**vars(logging)[name]})
    for level in (logging.DEBUG, logging.WARNING):
        logging.addLevelName(level, f"\033[1;31m{logging.getLevelName(level)}\033[1;0m")
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    logging.getLogger("obs").addHandler(handler)
    logging.getLogger("obs.part").setLevel(logging.ERROR)
    logging.disable(logging.WARNING)
    assert hidden("obs") == (
        Obstacle(
            "logging.disable()", "hides every line up to WARNING", "logging.disable(logging.NOTSET)"
        ),
        Obstacle(
            "StreamHandler of logger obs",
            "takes WARNING and above only",
            "handler.setLevel(logging.DEBUG)",
        ),
        Obstacle(
            "obs.part",
            "has a higher level of its own",
            "/debug loglevel level:DEBUG logger:obs.part",
        ),
    )


def test_filters_of_handlers_and_of_the_logger_are_named() -> None:
    handler = logging.StreamHandler()
    handler.set_name("console")
    handler.addFilter(lambda _: True)
    logging.getLogger("obs").addHandler(handler)
    logging.getLogger("obs.part").addFilter(lambda _: True)
    assert hidden() == (
        Obstacle("logger obs.part", "has 1 filter of its own"),
        Obstacle("StreamHandler console of logger obs", "has 1 filter of its own"),
    )


def test_a_logger_that_does_not_propagate_is_named_and_whether_anybody_takes_its_lines() -> None:
    logging.getLogger("obs").propagate = False
    fix = 'logging.getLogger("obs").propagate = True'
    why = "has propagate=False, so its lines do not reach the log file"
    assert hidden() == (Obstacle("logger obs", f"{why}, and no handler there takes them", fix),)
    logging.getLogger("obs.part").addHandler(logging.NullHandler())
    assert hidden() == (Obstacle("logger obs", why, fix),)


def test_a_disabled_logger_and_logging_disable_are_named() -> None:
    logging.getLogger("obs.part").disabled = True
    logging.disable(logging.INFO)
    assert hidden() == (
        Obstacle(
            "logging.disable()", "hides every line up to INFO", "logging.disable(logging.NOTSET)"
        ),
        Obstacle(
            "logger obs.part",
            "is disabled, as dictConfig does with disable_existing_loggers",
            'logging.getLogger("obs.part").disabled = False',
        ),
    )


def test_loggers_below_with_a_level_of_their_own_are_named() -> None:
    logging.getLogger("obs.part").setLevel(logging.ERROR)
    (one,) = hidden("obs")
    assert one == Obstacle(
        "obs.part",
        "has a higher level of its own",
        "/debug loglevel level:DEBUG logger:obs.part",
    )
    for name in NAMES[2:]:
        logging.getLogger(name).setLevel(logging.WARNING)
    (many,) = hidden("obs")
    assert many.what == "obs.fourth, obs.other, obs.part and 1 more logger"
    assert many.why == "have higher levels of their own"


def test_the_setting_that_shows_the_lines_of_noisy_libraries_is_named_beside_the_command() -> None:
    noisy = logging.getLogger("transformers.part")
    noisy.setLevel(logging.WARNING)
    try:
        (one,) = hidden("transformers")
    finally:
        noisy.setLevel(logging.NOTSET)
    assert one == Obstacle(
        "transformers.part",
        "has a higher level of its own",
        "/debug loglevel level:DEBUG logger:transformers.part",
        "VERBOSE_LOGGING=true",
    )


def test_the_way_of_a_logger_that_does_not_exist_is_that_of_its_parent() -> None:
    logging.getLogger("obs").propagate = False
    assert [one.what for one in hidden("obs.none.of.it")] == ["logger obs"]
    assert "obs.none" not in logging.root.manager.loggerDict


def test_a_handler_of_the_host_is_asked_nothing() -> None:
    class Hostile(logging.Handler):
        def __repr__(self) -> str:
            raise SystemExit

        def get_name(self) -> str:
            raise KeyboardInterrupt

    handler = Hostile(logging.CRITICAL)
    handler.level = object()  # type: ignore[assignment] # as a host may
    logging.root.addHandler(handler)
    assert hidden() == ()


def test_a_log_without_a_file_is_told(tmp_path: Path) -> None:
    logs = setup_logging(Settings(log_to_file=False), console=False)
    try:
        assert logs.obstacles("obs", logging.INFO) == (
            Obstacle(
                "LOG_TO_FILE=false",
                "leaves the lines to the console and to memory alone",
                "LOG_TO_FILE=true",
            ),
        )
    finally:
        logs.close()


def test_a_host_that_writes_the_file_itself_is_told(tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "bot.log")
    handler.setLevel(logging.INFO)
    logging.root.addHandler(handler)
    logs = setup_logging(Settings(log_file_path=tmp_path / "bot.log"), console=False)
    try:
        named, hosts = logs.obstacles("obs", logging.DEBUG)
    finally:
        logs.close()
        handler.close()
    assert named.what == "FileHandler (bot.log) of the root logger"
    assert hosts.why == (
        "writes the log file itself; lines that it does not take go to bot-debugcog.log"
    )
