"""A record with odd parts is a line of the log and an error, with what can be read of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.debugcog.errors.breadcrumbs import current_key
from services.debugcog.errors.hooks import RecordHandler
from services.debugcog.logs import Logging, setup_logging
from services.debugcog.settings import Settings
from tests.clock import Clock
from tests.error_rig import Rig, rig
from tests.hostile import RAISED, odd, raising


class OddText(str):
    """A text whose methods raise, as a library's may that reads it late."""

    startswith = partition = __str__ = __format__ = raising(SystemExit())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.log"


@pytest.fixture
def logs(path: Path) -> Iterator[Logging]:
    logs = setup_logging(Settings(log_file_path=path), console=False)
    yield logs
    logs.close()


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path / "state.sqlite3", Clock()) as parts:
        yield parts


def record(**parts: Any) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "host", "levelno": logging.ERROR, "levelname": "ERROR"})
    made.__dict__.update({"msg": "Lost %s", "args": ("x",), **parts})
    return made


def handled(record: logging.LogRecord) -> None:
    for handler in logging.root.handlers:
        if type(handler).__module__.startswith("services."):  # pytest's own would raise
            handler.handle(record)


def tails(path: Path) -> list[str]:
    """Give what follows the time in each line of the log that has one."""
    return [line[24:] for line in path.read_text().splitlines() if line.startswith("2")]


ODD: dict[str, dict[str, Any]] = {
    "no name": {"name": None},
    "a name of another kind": {"name": OddText("host")},
    "a name without a text": {"name": odd(RuntimeError())},
    "no level": {"levelno": None},
    "a level that is text": {"levelno": "ERROR"},
    "a level's name without a text": {"levelname": odd(RuntimeError())},
    "no time": {"created": None},
    "no place": {"pathname": None, "lineno": None, "funcName": None},
    "a place without a text": {"pathname": odd(SystemExit()), "funcName": odd(SystemExit())},
    "an exception's text without one": {"exc_text": odd(RuntimeError())},
    "a stack without a text": {"stack_info": odd(RuntimeError())},
    "an exception of another kind": {"exc_info": odd(RuntimeError())},
    "a text for an exception": {"exc_info": (ValueError, "text", None)},
    "half an exception": {"exc_info": (ValueError, ValueError("x"))},
    "no exception": {"exc_info": ()},
}


@pytest.mark.parametrize("parts", ODD.values(), ids=ODD)
def test_it_is_a_line_a_breadcrumb_and_an_error(
    logs: Logging, path: Path, reports: Rig, parts: dict[str, Any]
) -> None:
    logging.root.addHandler(ours := RecordHandler(reports.reporter, reports.breadcrumbs))
    try:
        handled(record(**parts))
        assert logs.flush()
    finally:
        logging.root.removeHandler(ours)
    assert [line.endswith(": Lost x") for line in tails(path) if "debugcog." not in line] == [True]
    assert [group.count for group in reports.groups()] == [1]
    assert [
        crumb.text(str).endswith(": Lost x") for crumb in reports.breadcrumbs.of(current_key())
    ] == [True]
    assert reports.reporter.failures == 0


def answering(value: object) -> Callable[[logging.LogRecord], Any]:
    return lambda record: value


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("fails", [raising, lambda error: answering(odd(error))])
def test_a_filter_of_the_hosts_that_raises_costs_no_line_and_is_told_once(
    logs: Logging, path: Path, error: BaseException, fails: Callable[[BaseException], Any]
) -> None:
    log = logging.Logger("host")  # noqa: LOG001 - pytest formats what registered ones log
    (ours,) = (one for one in logging.root.handlers if type(one).__module__.startswith("services"))
    log.addHandler(ours)
    ours.addFilter(fails(error))
    log.warning("one")
    log.warning("two")
    logs.flush()
    told, *lines = tails(path)
    assert told.startswith("[WARNING] debugcog.logs: Log handler failed, as by a filter of the bot")
    assert lines == ["[WARNING] host: one", "[WARNING] host: two"]


def test_an_object_whose_metaclass_compares_by_code_of_its_own_is_logged(
    logs: Logging, path: Path
) -> None:
    methods = {"__eq__": raising(SystemExit()), "__hash__": raising(SystemExit())}
    message = type("Meta", (type,), methods)("Odd", (), {"__str__": lambda _: "told"})()
    handled(record(msg=message, args=()))
    logs.flush()
    assert tails(path) == ["[ERROR] host: told"]
