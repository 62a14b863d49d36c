"""Equal faults have equal fingerprints, whatever lines, paths, ids and libraries do."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.debugcog.metrics
from services.debugcog.errors.fingerprint import Fingerprinter, Identity
from services.debugcog.exceptions import type_name

ROOT = Path("/srv/bot")
FINGERPRINTS = Fingerprinter(ROOT, libraries=(str(Path(__file__).parent),))

SOURCE = """
import {library}

class Lost(Exception):
    pass

def outer(text):
    {library}.call(inner, text)

def inner(text):
    raise Lost(text)
"""
LIBRARY = """
def call(function, *arguments):
    return function(*arguments)
"""
LONGER_LIBRARY = """
def call(function, *arguments):
    return again(function, arguments)

def again(function, arguments):
    return function(*arguments)
"""


@contextmanager
def host(source: str, file: str, library: str = LIBRARY) -> Iterator[ModuleType]:
    """Run source as the module ``host_tts`` of a bot, and a library under it."""
    module, below = ModuleType("host_tts"), ModuleType("library_x")
    exec(compile(library, "/usr/lib/site-packages/library_x.py", "exec"), vars(below))
    sys.modules["library_x"] = below
    try:
        exec(compile(source.format(library="library_x"), file, "exec"), vars(module))
        yield module
    finally:
        sys.modules.pop("library_x", None)


def identify(call: Callable[[], object]) -> Identity:
    try:
        call()
    except Exception as error:  # noqa: BLE001 - any kind is wanted
        return FINGERPRINTS.of_exception(error)
    raise AssertionError("nothing was raised")


def lost(source: str = SOURCE, file: str = "/srv/bot/tts.py", library: str = LIBRARY) -> Identity:
    with host(source, file, library) as module:
        return identify(lambda: module.outer("voice 17"))


@given(lines=st.integers(0, 500), folder=st.from_regex(r"(/[a-z]{1,8}){1,4}", fullmatch=True))
def test_inserted_lines_and_another_root_do_not_change_it(lines: int, folder: str) -> None:
    assert lost("\n" * lines + SOURCE, f"{folder}/tts.py").fingerprint == lost().fingerprint


@given(text=st.text())
def test_what_the_message_says_does_not_change_it(text: str) -> None:
    with host(SOURCE, "/srv/bot/tts.py") as module:
        assert identify(lambda: module.outer(text)).fingerprint == lost().fingerprint


def test_frames_of_libraries_do_not_change_it() -> None:
    assert lost(library=LONGER_LIBRARY).fingerprint == lost().fingerprint


def test_another_function_and_another_type_change_it() -> None:
    renamed = lost(SOURCE.replace("inner", "deeper"))
    another = lost(SOURCE.replace("Lost", "Gone"))

    assert len({lost().fingerprint, renamed.fingerprint, another.fingerprint}) == 3


def test_it_names_the_type_and_the_innermost_place_of_the_host() -> None:
    found = lost()

    assert (found.type, found.where) == ("host_tts.Lost", "tts.py:11 in inner")
    assert len(found.fingerprint) == 64


def test_recursion_of_any_depth_is_one_fault() -> None:
    source = SOURCE.replace("raise Lost(text)", "inner(text[1:]) if text else 1 / 0")
    with host(source, "/srv/bot/tts.py") as module:
        found = {identify(partial(module.outer, "x" * n)).fingerprint for n in (1, 5, 200)}

    assert len(found) == 1


def test_without_a_frame_of_the_host_the_last_frames_of_libraries_count() -> None:
    with host(SOURCE, "/usr/lib/site-packages/other.py") as module:
        found = identify(lambda: module.outer("x"))

    assert found.fingerprint != lost().fingerprint
    assert found.where == "site-packages/other.py:11 in inner"


def chained(explicit: bool, hidden: bool = False) -> Identity:
    def call() -> None:
        try:
            raise KeyError("cause")
        except KeyError as cause:
            if explicit:
                raise ValueError("x") from cause
            if hidden:
                raise ValueError("x") from None
            raise ValueError("x")  # noqa: B904 - the context is what this is about

    return identify(call)


def test_causes_and_contexts_count_and_suppressed_ones_do_not() -> None:
    assert chained(explicit=True).fingerprint == chained(explicit=False).fingerprint
    assert chained(explicit=False, hidden=True).fingerprint != chained(explicit=True).fingerprint


def test_causes_in_a_circle_and_in_a_long_chain_come_to_an_end() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    chain = last = ValueError("0")
    for _ in range(50):
        last.__cause__ = last = ValueError("x")

    assert FINGERPRINTS.of_exception(first).type == "ValueError"
    assert FINGERPRINTS.of_exception(chain).where == ""


class HTTPException(Exception):  # noqa: N818 - as discord.py names it
    def __init__(self, status: int, code: int) -> None:
        self.status, self.code = status, code


class Forbidden(HTTPException):
    pass


def test_an_http_status_and_an_errno_tell_errors_apart() -> None:
    def raised(error: Exception) -> str:
        def call() -> None:
            raise error

        return identify(call).fingerprint

    different = (Forbidden(403, 50013), Forbidden(403, 50001), OSError(2, "x"), OSError(28, "x"))
    assert len({raised(error) for error in different}) == 4
    assert raised(Forbidden(403, 50013)) == raised(Forbidden(403, 50013))
    assert raised(OSError(2, "a")) == raised(OSError(2, "b"))


def record(text: object, logger: str = "host.tts", *arguments: object) -> Identity:
    return FINGERPRINTS.of_record(
        logging.LogRecord(logger, logging.ERROR, "/srv/bot/tts.py", 7, text, arguments, None)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user 123456789012345678 left", "user 987654321098765432 left"),
        ("took 1.5 s at 10:12:13", "took 22 s at 9:01:00"),
        ("no 'cat' in \"box\"", "no 'dog' in \"bag\""),
        ("lost /srv/a/b.png", "lost C:\\temp\\x.jpg"),
        ("object at 0x7f3a9c", "object at 0xdeadbeef"),
        (
            "id 3f2b8c1e-1111-4bbb-8ccc-123456789abc",
            "id 00000000-aaaa-4bbb-8ccc-abcdefabcdef",
        ),
    ],
)
def test_ids_in_the_text_of_a_record_do_not_change_it(one: str, other: str) -> None:
    assert record(one).fingerprint == record(other).fingerprint


def test_apostrophes_quote_nothing() -> None:
    one, other = "Can't load the model, it's gone", "Can't join the channel, it's gone"
    assert record(one).fingerprint != record(other).fingerprint
    assert record("lost b'x1y'").fingerprint == record("lost b'z2'").fingerprint


def test_the_template_and_the_logger_of_a_record_count_and_arguments_do_not() -> None:
    assert record("lost %s", "a", 1).fingerprint == record("lost %s", "a", 2).fingerprint
    assert record("lost %s").fingerprint != record("found %s").fingerprint
    assert record("lost", "a").fingerprint != record("lost", "b").fingerprint
    found = record("lost")
    assert (found.type, found.where) == ("ERROR host.tts", "tts.py:7 in None")


def test_a_built_in_type_goes_without_its_module() -> None:
    assert (type_name(ValueError), type_name(logging.Logger)) == ("ValueError", "logging.Logger")


def test_frames_of_ours_are_not_the_hosts_and_a_hosts_own_cogs_debug_is() -> None:
    def frame_in(file: str) -> FrameType:
        names: dict[str, Any] = {"__name__": "cogs.debug.tools"}
        exec(compile("import sys\nframe = sys._getframe()", file, "exec"), names)
        frame: FrameType = names["frame"]
        return frame

    fingerprints = Fingerprinter(ROOT)
    ours = Path(services.debugcog.metrics.__file__).parents[2]
    for file in ("cogs/debug/app/cog.py", "services/debugcog/metrics.py"):
        assert not fingerprints.is_in_app(frame_in(str(ours / file)))
    for file in ("cogs/debug.py", "cogs/debug/tools.py", "services/debugcog/metrics.py"):
        assert fingerprints.is_in_app(frame_in(str(ROOT / file)))


def test_the_owners_of_many_files_are_not_all_remembered() -> None:
    fingerprints = Fingerprinter(ROOT)
    for number in range(2_500):
        with host(SOURCE, f"<cell {number}>") as module:
            try:
                module.inner("x")
            except Exception as error:  # noqa: BLE001 - any kind is wanted
                fingerprints.of_exception(error)

    assert len(fingerprints._in_app) <= 2_000
