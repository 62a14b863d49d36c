"""One line of code that logs finished texts makes one group, whatever is filled in."""

# ruff: noqa: G001, G002, G003, G004, UP031, UP032 - hosts log finished texts

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.errors.fingerprint import Fingerprinter
from services.debugcog.errors.templates import Templates

NAMES = ("mia", "João", "k3v1n", "田中", "x_Dragon_x", "Ana Bo")
log = logging.getLogger("tests.templates")


class Kept(logging.Handler):
    """Takes the template of each record while it is logged, as the capture does."""

    def __init__(self) -> None:
        super().__init__()
        self.templates: list[str] = []
        self.fingerprints: list[str] = []
        self._finder, self._fingerprints = Templates(), Fingerprinter(Path("/srv/bot"))

    def emit(self, record: logging.LogRecord) -> None:
        self.templates.append(self._finder.with_former(record)[0])
        self.fingerprints.append(self._fingerprints.of_record(record).fingerprint)


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler = Kept()
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


def helper(text: str) -> None:
    """A host's own function for logging."""
    log.error("[BOT] " + text)


def by_f_string(name: str) -> None:
    log.error(f"Cannot play for {name}: voice timed out")


def by_percent(name: str) -> None:
    log.error("Cannot play for %s: voice timed out" % name)


def by_format(name: str) -> None:
    log.error("Cannot play for {}: voice timed out".format(name))


def by_addition(name: str) -> None:
    log.error("Cannot play for " + name + ": voice timed out")


def in_lines(name: str) -> None:
    log.error(
        f"Cannot play for {name}: voice timed out",
    )


def made_before(name: str) -> None:
    text = f"Cannot play for {name}: voice timed out"
    if name:
        log.error(text)


def of_the_module(name: str) -> None:
    log.error(TIMED_OUT.format(user=name))


TIMED_OUT = "Cannot play for {user}: voice timed out"
CALLS = (by_f_string, by_percent, by_format, by_addition, in_lines, made_before, of_the_module)


@pytest.mark.parametrize("call", CALLS)
def test_what_is_filled_in_does_not_make_another_group(
    kept: Kept, call: Callable[[str], None]
) -> None:
    for name in NAMES:
        call(name)

    assert set(kept.templates) == {"Cannot play for ?: voice timed out"}
    assert len(set(kept.fingerprints)) == 1


def test_a_hosts_own_function_for_logging_tells_its_callers_apart(kept: Kept) -> None:
    for name in NAMES:
        helper(f"Cannot play for {name}")
        helper(f"Cannot stop for {name}")

    assert set(kept.templates) == {"[BOT] Cannot play for ?", "[BOT] Cannot stop for ?"}


def test_two_lines_of_one_function_are_two_groups(kept: Kept) -> None:
    for name in NAMES:
        log.error(f"Cannot play for {name}")
        log.error(f"Cannot stop for {name}")

    assert set(kept.templates) == {"Cannot play for ?", "Cannot stop for ?"}
    assert len(set(kept.fingerprints)) == 2


def test_a_template_with_arguments_and_a_plain_text_are_their_own(kept: Kept) -> None:
    log.error("Lost %s of %d", "mia", 7)
    log.error("Lost it")
    log.error(f"Lost {'mia'} of %d", 7)

    assert kept.templates == ["Lost %s of %d", "Lost it", "Lost ? of %d"]


def test_a_text_without_a_constant_part_goes_by_what_it_says(kept: Kept) -> None:
    for text in ("user is banned", "user is gone"):
        log.error(text, extra={"user": text})

    assert kept.templates == ["user is banned", "user is gone"]


def test_a_finished_text_goes_by_no_other_text_that_its_function_makes(kept: Kept) -> None:
    hint = f"Cannot play: ask {NAMES[0]} in the channel"
    end = f"the {NAMES[0]} of the server"
    for text in ("Cannot play: voice timed out", "a mia of the server is gone", hint, end):
        log.error(text)

    assert kept.templates == [
        "Cannot play: voice timed out",
        "a mia of the server is gone",
        "Cannot play: ask ? in the channel",
        "the ? of the server",
    ]


def test_a_record_from_elsewhere_goes_by_its_function_and_one_without_by_its_text() -> None:
    def record(text: str, function: str | None) -> logging.LogRecord:
        return logging.LogRecord("h", logging.ERROR, "/srv/m.py", 7, text, None, None, function)

    assert Templates().with_former(record("Cannot play for mia", "play"))[0] == "? in play"
    assert Templates().with_former(record("Cannot play for mia", None))[0] == "Cannot play for mia"


@given(name=st.text())
def test_no_name_raises_anything(name: str) -> None:
    handler = Kept()
    log.addHandler(handler)
    try:
        by_f_string(name)
        helper(name)
    finally:
        log.removeHandler(handler)
    assert len(handler.templates) == 2


def test_of_many_lines_not_all_are_remembered() -> None:
    templates = Templates()
    handler = logging.Handler()
    handler.emit = templates.with_former  # type: ignore[method-assign, assignment]  # while it is logged
    log.addHandler(handler)
    for number in range(2_200):
        exec(compile(f"log.error('x' + str({number}))", f"<line {number}>", "exec"), {"log": log})
    log.removeHandler(handler)

    assert len(templates._parts) <= 2_000
