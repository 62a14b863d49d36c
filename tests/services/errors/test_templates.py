"""One line of code that logs finished texts makes one group, whatever is filled in."""

# ruff: noqa: G001, G002, G003, G004, UP031, UP032 - hosts log finished texts

from __future__ import annotations

import logging
import textwrap
from collections.abc import Callable, Iterator
from enum import StrEnum
from logging.handlers import QueueHandler
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

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
        self.places: list[tuple[str, ...]] = []
        self.fingerprints: list[str] = []
        self._finder, self._fingerprints = Templates(), Fingerprinter(Path("/srv/bot"))

    def emit(self, record: logging.LogRecord) -> None:
        found = self._finder.with_former(record)
        self.templates.append(found.text)
        self.places.append(found.place)
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


def described(name: str) -> str:
    return f"Cannot play for {name}: voice timed out"


class Music:
    TIMED_OUT = "Cannot play for {user}: voice timed out"

    @staticmethod
    def described(name: str) -> str:
        return f"Cannot play for {name}: voice timed out"

    def of_the_class(self, name: str) -> None:
        log.error(self.TIMED_OUT.format(user=name))

    def by_a_method(self, name: str) -> None:
        log.error(self.described(name))


def by_a_function(name: str) -> None:
    log.error(described(name))


def of_a_table(name: str) -> None:
    log.error(TEXTS["music"]["play"].format(name))


TIMED_OUT = "Cannot play for {user}: voice timed out"
TEXTS = {"music": {"play": "Cannot play for {}: voice timed out"}}
CALLS = (
    by_f_string,
    by_percent,
    by_format,
    by_addition,
    in_lines,
    made_before,
    of_the_module,
    of_a_table,
    by_a_function,
    Music().of_the_class,
    Music().by_a_method,
)


@pytest.mark.parametrize("call", CALLS)
def test_what_is_filled_in_does_not_make_another_group(
    kept: Kept, call: Callable[[str], None]
) -> None:
    for name in NAMES:
        call(name)

    assert set(kept.templates) == {"Cannot play for ?: voice timed out"}
    assert len(set(kept.fingerprints)) == 1


def of_two_parts(value: str) -> None:
    log.error(f"Cannot play {value} for {value[:1]}")


def in_brackets(value: str) -> None:
    log.error(f"Provider failed ({value}), model {value[:1]} is off")


def in_the_plural(value: str) -> None:
    log.error(f"{len(value)} item{'' if len(value) == 1 else 's'} lost in the queue")


@pytest.mark.parametrize(
    ("function", "template"),
    [
        (of_two_parts, "Cannot play ? for ?"),
        (in_brackets, "Provider failed (?), model ? is off"),
        (in_the_plural, "? item? lost in the queue"),
    ],
)
def test_values_that_repeat_the_text_are_empty_or_very_long_do_not_make_another_group(
    kept: Kept, function: Callable[[str], None], template: str
) -> None:
    for value in ("x", "One for all for one", "Provider failed (again), model", "x" * 9_000):
        function(value)
    if function is in_brackets:
        function("")

    assert set(kept.templates) == {template}


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


def with_quoted_words(name: str) -> None:
    log.error("Cog 'music' did not start")
    log.error("Cog 'economy' did not start")


def with_numbers(name: str) -> None:
    log.error("Provider answered 401: check the key")
    log.error("Provider answered 503: check the key")


def with_paths(name: str) -> None:
    log.error("data/prefixes.json is missing")
    log.error("data/levels.json is missing")


def with_arguments(name: str) -> None:
    log.error("Cannot find 'ffmpeg' for %s", name)
    log.error("Cannot find 'opus' for %s", name)


def with_values(name: str) -> None:
    log.error(f"Cog 'music' lost {name}")
    log.error(f"Cog 'economy' lost {name}")


def made_in_other_lines(name: str) -> None:
    music = f"Cog 'music' lost {name}"
    economy = f"Cog 'economy' lost {name}"
    for text in (music, economy):
        log.error(text)


@pytest.mark.parametrize(
    "function",
    [
        with_quoted_words,
        with_numbers,
        with_paths,
        with_arguments,
        with_values,
        made_in_other_lines,
    ],
)
def test_texts_that_differ_in_a_literal_word_number_or_path_are_groups_of_their_own(
    kept: Kept, function: Callable[[str], None]
) -> None:
    for name in NAMES:
        function(name)

    assert len(set(kept.fingerprints)) == 2


def test_code_that_a_bot_makes_for_each_server_is_one_group(kept: Kept) -> None:
    for server in ("123456789012345678", "923456789012345678"):
        code = f"def command():\n    log.error('Server {server} is unavailable')"
        space: dict[str, Any] = {"log": log, "__name__": "custom"}
        exec(compile(code, "<custom>", "exec"), space)
        space["command"]()

    assert len(set(kept.fingerprints)) == 1


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


def held(function: Callable[[], None]) -> Any:
    """Stand in for what a decorator makes of a function, such as a command."""
    return SimpleNamespace(callback=function)


class Cog:
    @staticmethod
    def check() -> None:
        log.error("Database is down")
        log.error(f"Voice server of {NAMES[0]} is down")

    @held
    def command() -> None:
        log.error(NAMES[0][::-1])


def check() -> None:
    log.error("Database is gone")


def test_a_record_out_of_a_queue_goes_by_what_stands_in_its_function() -> None:
    waiting: SimpleQueue[logging.LogRecord] = SimpleQueue()
    handler = QueueHandler(waiting)
    log.addHandler(handler)
    for function in (Cog.check, check, Cog.command.callback):
        function()
    log.removeHandler(handler)
    templates = Templates()
    found = [templates.with_former(waiting.get()) for _ in range(4)]

    assert found == [
        ("Database is down", "? in check", ()),
        ("Voice server of ? is down", "? in check", ()),
        ("Database is gone", "? in check", ()),
        ("", "? in command", (f"in {__name__} Cog.command", "log", "error", "NAMES")),
    ]


def test_a_record_from_elsewhere_goes_by_its_function_and_one_without_by_its_text() -> None:
    def record(text: str, function: str | None) -> logging.LogRecord:
        return logging.LogRecord("h", logging.ERROR, "/srv/m.py", 7, text, None, None, function)

    assert Templates().with_former(record("Cannot play for mia", "play"))[0] == "? in play"
    assert Templates().with_former(record("Cannot play for mia", None))[0] == "Cannot play for mia"


def test_a_text_without_its_indentation_is_known_by_its_lines(kept: Kept) -> None:
    for name in NAMES:
        log.error(
            textwrap.dedent(f"""
                Cannot play for {name}:
                voice timed out""")
        )

    assert set(kept.templates) == {"?Cannot play for?voice timed out"}


FIXED = {"db": "Database is down", "voice": "Voice server is down"}


def chosen(key: str) -> str:
    return "Disk is full" if key == "db" else "Loop is slow"


def by_default(text: str = "Cache is cold", *, more: str = "Cache is gone") -> None:
    log.error(text)
    log.error(more)


def report(text: str) -> None:
    """A host's own function for logging, which adds nothing."""
    log.error(text)


def test_finished_texts_of_one_function_stay_groups_of_their_own(kept: Kept) -> None:
    for key in FIXED:
        log.error(FIXED[key])
        log.error(chosen(key))
        text = "failed" if key == "db" else "broken"
        report(text)
    by_default()

    assert kept.templates == [
        "Database is down",
        "Disk is full",
        "failed",
        "Voice server is down",
        "Loop is slow",
        "broken",
        "Cache is cold",
        "Cache is gone",
    ]


class PlayError(Exception):
    pass


def fail(name: str) -> None:
    raise PlayError(f"cannot play for {name} now")


def as_it_is(error: Exception) -> None:
    log.error(error)


def as_a_text(error: Exception) -> None:
    log.error(str(error))


def with_its_type(error: Exception) -> None:
    log.error(f"{type(error).__name__}: {error}")


def with_a_name(error: Exception) -> None:
    log.error(f"{NAMES[0]}: {error}")


def as_an_argument(error: Exception) -> None:
    log.error("%s", error)


LOGGED = (as_it_is, as_a_text, with_its_type, with_a_name, as_an_argument)


@pytest.mark.parametrize("logged", LOGGED)
def test_the_text_of_an_exception_is_one_group_for_each_place_and_type(
    kept: Kept, logged: Callable[[Exception], None]
) -> None:
    for name in NAMES:
        for call in (fail, int):
            try:
                call(name)
            except (PlayError, ValueError) as error:
                logged(error)

    assert set(kept.templates) == {""}
    assert len(set(kept.fingerprints)) == 2


def test_the_text_of_an_exception_is_none_of_the_function_that_raised_it(kept: Kept) -> None:
    for call in (fail, chosen):
        try:
            call("mia")
            raise LookupError(chosen("db"))
        except (PlayError, LookupError) as error:
            log.error(str(error))
            log.error(f"{NAMES[0]}: {error}")

    assert set(kept.templates) == {""}
    assert [place[-1] for place in kept.places] == [
        f"type {__name__}.PlayError",
        f"type {__name__}.PlayError",
        "type LookupError",
        "type LookupError",
    ]


def test_a_place_is_a_function_the_constants_of_its_call_and_a_type(kept: Kept) -> None:
    try:
        fail("mia")
    except PlayError as error:
        log.error("%s", error)
    log.error("%s %s", "mia", 7)

    function = f"in {__name__} test_a_place_is_a_function_the_constants_of_its_call_and_a_type"
    assert kept.places == [
        (function, "log", "error", "%s", f"type {__name__}.PlayError"),
        (function, "log", "error", "%s %s", "mia"),
    ]


def test_a_function_that_logs_what_it_is_given_tells_its_callers_apart(kept: Kept) -> None:
    def one(name: str) -> None:
        report(name[::-1])

    def two(name: str) -> None:
        report(name[::-1])

    for name in NAMES:
        one(name)
        two(name)

    assert len(set(kept.fingerprints)) == 2


def test_an_exception_that_another_function_handles_is_not_told(kept: Kept) -> None:
    def later(depth: int) -> None:
        if depth:
            later(depth - 1)
        else:
            log.error(NAMES[0][::-1])

    for call in (fail, int):
        try:
            call("mia")
        except (PlayError, ValueError):
            later(5)

    assert len(set(kept.fingerprints)) == 1


def test_an_object_of_the_hosts_goes_by_its_type(kept: Kept) -> None:
    log.error(Music())

    assert kept.templates == [f"{__name__}.Music"]


class Said(StrEnum):
    LOST = "The voice connection is lost"
    FULL = "The queue is full"


class Braces:
    """A message as Python's logging cookbook has it."""

    def __init__(self, text: str, *args: object) -> None:
        self.text, self.args = text, args


def say(message: object) -> None:
    log.error(message)


def play(name: str) -> None:
    log.error({"event": "lost", "user": name})
    log.error(Said.LOST)
    log.error(Braces("Lost {}", name))
    say(Braces("Lost {}", name))
    say({"event": "refused", "user": name})


def queue(name: str) -> None:
    log.error({"event": "full", "user": name})
    log.error(Said.FULL)
    log.error(Braces("Full: {}", name))
    say(Braces("Full: {}", name))


def test_objects_that_are_logged_by_other_lines_are_groups_of_their_own(kept: Kept) -> None:
    for name in NAMES:
        play(name)
        queue(name)

    assert len(set(kept.fingerprints)) == 9


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
