"""Levels change at runtime, come back by themselves, and never overrule somebody else."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from services.debugcog.levels import LogLevels, Override

DEBUG, INFO, WARNING, ERROR = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR
NAME = "leveltest.library"


class Timer:
    """A timer whose time comes when the test says so."""

    def __init__(self, seconds: float, callback: Callable[[], None]) -> None:
        self.daemon = False
        self.seconds = seconds
        self.callback = callback
        self.state = "new"

    def start(self) -> None:
        assert self.daemon
        self.state = "started"

    def cancel(self) -> None:
        self.state = "cancelled"

    def join(self) -> None:
        assert self.state == "cancelled"
        self.state = "joined"


@pytest.fixture
def timers() -> list[Timer]:
    return []


@pytest.fixture
def levels(timers: list[Timer]) -> LogLevels:
    def timer(seconds: float, callback: Callable[[], None]) -> Timer:
        timers.append(Timer(seconds, callback))
        return timers[-1]

    return LogLevels(clock=lambda: 1000.0, timer=timer)


@pytest.fixture
def library() -> Iterator[logging.Logger]:
    logger = logging.getLogger(NAME)
    logger.setLevel(WARNING)
    yield logger
    logger.setLevel(logging.NOTSET)


@pytest.fixture(autouse=True)
def root_as_before() -> Iterator[None]:
    before = logging.root.level
    logging.root.setLevel(INFO)
    yield
    logging.root.setLevel(before)


def test_a_level_is_set_and_reverted(
    levels: LogLevels, library: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    assert levels.set(NAME, DEBUG) == Override(NAME, DEBUG, WARNING, None)
    assert library.level == DEBUG
    assert levels.overrides() == (Override(NAME, DEBUG, WARNING, None),)
    assert levels.revert(NAME)
    assert library.level == WARNING
    assert levels.overrides() == ()
    assert not levels.revert(NAME)
    assert caplog.record_tuples == [
        ("debugcog.levels", WARNING, f"Log level of {NAME}: debug, was warning"),
        ("debugcog.levels", WARNING, f"Log level of {NAME}: reset to warning"),
    ]


@pytest.mark.parametrize("name", [None, "root", ""])
def test_the_root_logger_has_its_name(levels: LogLevels, name: str | None) -> None:
    assert levels.set(name, DEBUG) == Override("root", DEBUG, INFO, None)
    assert logging.root.level == DEBUG
    assert levels.revert(name)
    assert logging.root.level == INFO


def test_a_change_is_told_while_it_can_still_be_seen(
    levels: LogLevels, caplog: pytest.LogCaptureFixture
) -> None:
    levels.set("root", ERROR)
    levels.revert("root")
    assert caplog.messages == [
        "Log level of all loggers: error, was info",
        "Log level of all loggers: reset to info",
    ]


def test_levels_have_their_plain_names_whatever_colours_the_host_gives_them(
    levels: LogLevels,
    library: logging.Logger,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("_levelToName", "_nameToLevel"):
        monkeypatch.setattr(logging, name, {**vars(logging)[name]})
    for level in (DEBUG, INFO, WARNING, ERROR):
        logging.addLevelName(level, f"\033[1;31m{logging.getLevelName(level)}\033[1;0m")
    levels.set(NAME, INFO, 60)
    assert caplog.messages == [f"Log level of {NAME}: info for 60 s, was warning"]
    assert levels.choices(NAME) == [(f"{NAME} · INFO", NAME)]
    with pytest.raises(ValueError, match="one of DEBUG, INFO, WARNING, ERROR, CRITICAL, not 7"):
        levels.set(NAME, 7)


def test_a_logger_can_take_its_parents_level_again(
    levels: LogLevels, library: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    levels.set(NAME, None)
    assert library.level == logging.NOTSET
    assert levels.effective(NAME) == INFO
    assert caplog.messages == [f"Log level of {NAME}: inherited, was warning"]


def test_a_level_for_a_time_comes_back_when_it_is_over(
    levels: LogLevels,
    library: logging.Logger,
    timers: list[Timer],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert levels.set(NAME, DEBUG, seconds=90) == Override(NAME, DEBUG, WARNING, 1090.0)
    assert (timers[0].seconds, timers[0].state) == (90, "started")
    timers[0].callback()
    assert library.level == WARNING
    assert levels.overrides() == ()
    assert caplog.messages[0] == f"Log level of {NAME}: debug for 90 s, was warning"


def test_real_time_brings_it_back(library: logging.Logger) -> None:
    LogLevels().set(NAME, DEBUG, seconds=0.01)
    deadline = time.monotonic() + 10
    while library.level != WARNING and time.monotonic() < deadline:
        time.sleep(0.001)
    assert library.level == WARNING


def test_what_comes_back_is_what_was_there_before_the_first_change(
    levels: LogLevels, library: logging.Logger, timers: list[Timer]
) -> None:
    levels.set(NAME, DEBUG, seconds=90)
    assert levels.set(NAME, INFO, seconds=30) == Override(NAME, INFO, WARNING, 1030.0)
    assert timers[0].state == "cancelled"
    timers[0].callback()  # it was on its way when it was cancelled
    assert library.level == INFO
    timers[1].callback()
    assert library.level == WARNING


def test_a_permanent_change_ends_a_temporary_one(
    levels: LogLevels, library: logging.Logger, timers: list[Timer]
) -> None:
    levels.set(NAME, DEBUG, seconds=90)
    levels.set(NAME, INFO)
    assert timers[0].state == "cancelled"
    assert levels.overrides() == (Override(NAME, INFO, WARNING, None),)


def test_what_somebody_else_changed_since_is_left_alone(
    levels: LogLevels,
    library: logging.Logger,
    timers: list[Timer],
    caplog: pytest.LogCaptureFixture,
) -> None:
    levels.set(NAME, DEBUG, seconds=90)
    library.setLevel(ERROR)
    timers[0].callback()
    assert library.level == ERROR
    assert levels.overrides() == ()
    assert caplog.messages[-1] == (
        f"Log level of {NAME}: not reset to warning, for somebody made it error"
    )


def test_what_somebody_else_changed_since_is_in_force_no_longer(
    levels: LogLevels, library: logging.Logger
) -> None:
    levels.set(NAME, DEBUG)
    levels.set("root", DEBUG, seconds=90)
    library.setLevel(ERROR)
    assert levels.overrides() == (Override("root", DEBUG, INFO, 1090.0),)
    library.setLevel(DEBUG)
    assert levels.overrides() == (
        Override(NAME, DEBUG, WARNING, None),
        Override("root", DEBUG, INFO, 1090.0),
    )
    logging.root.setLevel(ERROR)
    levels.revert_all()
    assert (library.level, logging.root.level) == (WARNING, ERROR)


def test_a_level_of_somebody_else_is_what_comes_back_after_the_next_change(
    levels: LogLevels, library: logging.Logger
) -> None:
    levels.set(NAME, DEBUG)
    library.setLevel(ERROR)
    assert levels.set(NAME, INFO).previous == ERROR


def test_revert_all_takes_everything_back(levels: LogLevels, library: logging.Logger) -> None:
    levels.set(NAME, DEBUG)
    levels.set("root", DEBUG, seconds=90)
    assert [override.name for override in levels.overrides()] == [NAME, "root"]
    levels.revert_all()
    assert (library.level, logging.root.level) == (WARNING, INFO)


def test_close_takes_everything_back_and_ends_the_timers(
    levels: LogLevels, library: logging.Logger, timers: list[Timer]
) -> None:
    before = library.level
    levels.set("root", DEBUG, seconds=90)
    levels.set(NAME, DEBUG)
    levels.close()
    levels.close()
    assert (library.level, logging.root.level) == (before, INFO)
    assert timers[0].state == "joined"


def test_close_leaves_no_thread(library: logging.Logger) -> None:
    before = threading.active_count()
    levels = LogLevels()
    levels.set(NAME, DEBUG, seconds=600)
    assert threading.active_count() == before + 1
    levels.close()
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("name", "level", "seconds", "message"),
    [
        (NAME, 7, None, "The level must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL, not 7"),
        (None, None, None, "The level must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL, not"),
        (NAME, DEBUG, 0, "The time must be a number of seconds above 0, not 0"),
        (NAME, DEBUG, float("nan"), "The time must be a number of seconds above 0, not nan"),
        ("leveltest.librery", DEBUG, None, "No logger is named 'leveltest.librery'; did you mean "),
        ("%%%", DEBUG, None, "No logger is named '%%%'; there are root, "),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(
    levels: LogLevels,
    library: logging.Logger,
    name: str | None,
    level: int | None,
    seconds: float | None,
    message: str,
) -> None:
    with pytest.raises(ValueError, match=message.replace("%", "[%]")):
        levels.set(name, level, seconds)
    assert library.level == WARNING
    assert "leveltest.librery" not in logging.root.manager.loggerDict


def test_names_are_those_of_real_loggers_and_their_parents_the_best_first(
    levels: LogLevels,
) -> None:
    for name in ("nametest.zeta", "nametest.alpha.part", "other.nametest", "xnametestx"):
        logging.getLogger(name)
    assert levels.names(" NameTest") == (
        "nametest",
        "nametest.alpha",
        "nametest.zeta",
        "nametest.alpha.part",
        "other.nametest",
        "xnametestx",
    )
    assert levels.names("no such logger") == ()


def test_a_parent_that_is_a_part_of_a_secret_is_not_offered(timers: list[Timer]) -> None:
    levels = LogLevels(redact=lambda text: text.replace("se.cret", "[redacted]"))
    logging.getLogger("parttest.se.cret")
    logging.getLogger("parttest.open.part")
    assert levels.names("parttest.") == (
        "parttest.open",
        "parttest.open.part",
        "parttest.se.cret",
    )


def test_at_most_25_names_are_offered_and_root_is_the_first(levels: LogLevels) -> None:
    for number in range(30):
        logging.getLogger(f"many.n{number}")
    assert len(levels.names()) == 25
    assert levels.names()[0] == "root"
    assert "root" in levels.names("ro")


def test_the_effective_level_is_the_nearest_parents(
    levels: LogLevels, library: logging.Logger
) -> None:
    assert levels.effective(f"{NAME}.not.there") == WARNING
    assert levels.effective("leveltest") == INFO
    assert levels.effective("nobody") == INFO
    assert levels.effective("root") == levels.effective(None) == INFO
    assert f"{NAME}.not.there" not in logging.root.manager.loggerDict
