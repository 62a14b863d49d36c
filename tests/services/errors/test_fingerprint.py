"""Equal faults have equal fingerprints, whatever lines, paths, ids and libraries do."""

from __future__ import annotations

import asyncio
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
from services.debugcog.errors.fingerprint import Fingerprinter
from services.debugcog.errors.identity import Identity
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


RECURSION = """
import {library}

def begin(depth, call, *arguments):
    return begin(depth - 1, call, *arguments) if depth else call(*arguments)

def first(number):
    return second(number)

def second(number):
    return {library}.call(third, number)

def third(number):
    check(number)
    return first(number)

def check(number):
    return again(number)

def again(number):
    return number

def walk(tree):
    return {{key: [walk(value) for value in values] for key, values in tree.items()}}

def visit(tree, reverse):
    for branch in tree:
        look(branch, reverse)

def look(branch, reverse):
    if branch:
        visit(branch, reverse)
    raise ValueError(branch)
"""


@contextmanager
def recursing(limit: int) -> Iterator[ModuleType]:
    usual = sys.getrecursionlimit()
    with host(RECURSION, "/srv/bot/tts.py") as module:
        sys.setrecursionlimit(limit)
        try:
            yield module
        finally:
            sys.setrecursionlimit(usual)


def test_an_endless_recursion_is_one_fault_wherever_it_begins_and_hits_the_limit() -> None:
    with recursing(400) as module:
        functions = (module.first, module.second, module.third)
        calls = [partial(module.begin, n, call, 0) for n in range(1, 13) for call in functions]
        found = {identify(call).fingerprint for call in calls}

    assert len(found) == 1


def test_an_endless_recursion_through_comprehensions_is_one_fault() -> None:
    tree: dict[str, list[Any]] = {}
    tree["branches"] = [tree]
    with recursing(400) as module:
        calls = [partial(module.begin, n, module.walk, tree) for n in range(1, 13)]
        found = {identify(call).fingerprint for call in calls}

    assert len(found) == 1


def test_other_endless_recursions_are_other_faults() -> None:
    with recursing(400) as module:
        one = identify(partial(module.begin, 1, module.first, 0))
        direct = identify(partial(module.begin, 2**31, module.first, 0))

    assert one.fingerprint != direct.fingerprint


def test_a_fault_in_data_of_any_depth_is_one_fault() -> None:
    trees: list[Any] = [[[]], [[[]]], [[[[[]]]]]]
    with recursing(400) as module:
        found = {identify(partial(module.visit, tree, False)).fingerprint for tree in trees}

    assert len(found) == 1


def test_a_comprehension_counts_as_the_function_around_it() -> None:
    """Python 3.12 and newer give it no frame of its own."""
    source = "def load(names):\n    return {}\n\ndef one(name):\n    raise ValueError(name)\n"
    found = set()
    for calls in (
        "[one(n) for n in names]",
        "[*map(one, names)]",
        "{{n: [one(n)] for n in names}}",
    ):
        with host(source.replace("{}", calls), "/srv/bot/tts.py") as module:
            found.add(identify(partial(module.load, "x")).fingerprint)

    assert len(found) == 1


def test_attempts_that_fail_alike_are_one_fault_however_many_there_were() -> None:
    source = """
def connect(attempts):
    try:
        raise ConnectionError("x")
    except ConnectionError as error:
        if attempts:
            return connect(attempts - 1)
        raise RuntimeError("x") from error
"""
    with host(source, "/srv/bot/tts.py") as module:
        found = {identify(partial(module.connect, n)).fingerprint for n in (1, 2, 8, 30)}

    assert len(found) == 1


GROUPS = """
import asyncio

class HTTPException(Exception):
    status, code = 403, 50013

def lost(number):
    raise KeyError(number)

def refused():
    raise HTTPException

def caught(call, *arguments):
    try:
        call(*arguments)
    except Exception as error:
        return error

def together(*found):
    raise ExceptionGroup("several", found)

async def fail():
    await asyncio.sleep(0)
    lost(1)

async def tasks(waits):
    async with asyncio.TaskGroup() as group:
        group.create_task(fail())
        if waits:
            await asyncio.sleep(60)
"""


def run(call: Callable[[bool], Any], waits: bool) -> None:
    asyncio.run(call(waits))


def group_of(module: ModuleType, *members: Exception) -> str:
    return identify(lambda: module.together(*members)).fingerprint


def test_a_group_is_told_by_its_members_in_any_order_and_number() -> None:
    with host(GROUPS, "/srv/bot/tts.py") as module:
        lost, other = (module.caught(module.lost, n) for n in (1, 2))
        refused = module.caught(module.refused)
        both = group_of(module, lost, refused)

        assert group_of(module, refused, lost) == both
        assert group_of(module, lost, other, refused) == both
        assert group_of(module, ExceptionGroup("x", [lost]), refused) == both
        assert len({both, group_of(module, lost), group_of(module, refused)}) == 3
        refused.code = 50001
        assert group_of(module, lost, refused) != both


def test_a_group_is_shown_where_its_first_member_failed() -> None:
    with host(GROUPS, "/srv/bot/tts.py") as module:
        members = [module.caught(call) for call in (module.refused, partial(module.lost, 1))]
        found = identify(lambda: module.together(*members))

    assert (found.type, found.where) == ("ExceptionGroup", "tts.py:11 in refused")


def test_a_failing_task_group_is_one_fault_whether_or_not_its_body_still_waits() -> None:
    with host(GROUPS, "/srv/bot/tts.py") as module:
        found = {identify(partial(run, module.tasks, waits)).fingerprint for waits in (False, True)}

    assert len(found) == 1


def test_groups_of_very_many_members_and_very_deep_ones_come_to_an_end() -> None:
    deep: Exception = KeyError("x")
    for _ in range(5_000):
        deep = ExceptionGroup("x", [deep])
    wide = ExceptionGroup("x", [KeyError(number) for number in range(100_000)])

    assert FINGERPRINTS.of_exception(wide).type == "ExceptionGroup"
    assert FINGERPRINTS.of_exception(deep).type == "ExceptionGroup"


def load(name: str, source: str) -> Identity:
    def call() -> None:
        exec(compile(source, f"/srv/bot/cogs/{name}.py", "exec"), {})

    return identify(call)


def plugin(file: str, module: str) -> Identity:
    """Load a plugin as bots do that find them by their files."""
    space: dict[str, Any] = {"__name__": module}
    exec(compile("def setup():\n    raise ValueError('no token')\n", file, "exec"), space)
    return identify(space["setup"])


def test_plugins_of_one_module_name_are_faults_of_their_own_by_their_files() -> None:
    chat, shop = (plugin(f"/srv/bot/plugins/{name}/main.py", "plugin") for name in ("chat", "shop"))

    assert chat.fingerprint != shop.fingerprint
    assert chat.former == shop.former != ""


def test_a_plugin_that_is_loaded_again_under_another_name_is_one_fault() -> None:
    names = ("chat_1732787000123456789", "chat_1732787999123456789")

    assert len({plugin("/srv/bot/plugins/chat.py", name).fingerprint for name in names}) == 1
    assert len({plugin("/srv/shared/chat.py", name).fingerprint for name in names}) == 1


IDS = ("123456789012345678", "923456789012345678")


def typed(file: str) -> Identity:
    def call() -> None:
        compile("x = = 1", file, "exec")

    return identify(call)


def lacking(module: str) -> Identity:
    def call() -> None:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    return identify(call)


@pytest.mark.parametrize(
    "found",
    [
        [typed(f"/srv/bot/scripts/{number}.py") for number in IDS],
        [typed(f"/tmp/{name}/plugin.py") for name in ("tmpabcd12_x", "tmpzzzz99_q")],
        [typed(f"<ipython-input-{name}>") for name in ("1-ab12cd34ef56", "2-fe98dc76ba54")],
        [lacking(f"plugins.g{number}") for number in IDS],
        [plugin("<custom>", f"custom.{number}") for number in IDS],
    ],
)
def test_ids_and_temporary_names_of_files_and_modules_do_not_change_it(
    found: list[Identity],
) -> None:
    assert len({identity.fingerprint for identity in found}) == 1


def test_files_and_modules_of_other_names_change_it() -> None:
    assert typed("/srv/bot/level2.py").fingerprint != typed("/srv/bot/level3.py").fingerprint
    music, shop = (typed(f"/opt/plugins/{name}/cogs/main.py") for name in ("music", "shop"))
    assert (music.fingerprint != shop.fingerprint, music.where) == (True, "cogs/main.py:1")
    assert lacking("plugins.v2").fingerprint != lacking("plugins.v3").fingerprint


def test_a_syntax_error_is_told_by_its_file_and_shown_there() -> None:
    one, moved = load("music", "def play(:\n"), load("music", "\n\ndef play(:\n")
    other, indented = load("shop", "x = = 1\n"), load("music", "x = 1\n  y = 2\n")

    assert one.fingerprint == moved.fingerprint
    assert len({one.fingerprint, other.fingerprint, indented.fingerprint}) == 3
    assert (moved.where, other.where) == ("cogs/music.py:3", "cogs/shop.py:1")


EXTENSIONS = """
class ExtensionFailed(Exception):
    pass

def load(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        raise ExtensionFailed("cogs.music") from error
"""
START = """
import {library}

def broken(source):
    exec(compile(source, "/srv/bot/cogs/music.py", "exec"), {{}})

def start(source):
    try:
        0 / 0
    except ZeroDivisionError:
        {library}.load(broken, source)

def absent():
    {library}.load(int, "x")
"""


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("\nint('x')", "cogs/music.py:2 in <module>"),
        ("\ndef play(:\n", "cogs/music.py:2"),
        ("def f():\n 0 / 0\nf()", "cogs/music.py:2 in f"),
    ],
)
def test_what_a_library_wraps_is_shown_where_the_host_has_raised_it(
    source: str, where: str
) -> None:
    with host(START, "/srv/bot/main.py", EXTENSIONS) as module:
        assert identify(partial(module.start, source)).where == where
        assert identify(module.absent).where == "main.py:14 in absent"


def test_a_syntax_error_in_what_somebody_typed_is_shown_where_it_was_compiled() -> None:
    def evaluate(number: int) -> Identity:
        return identify(lambda: compile("x = = 1", f"<eval {number}>", "exec"))

    assert evaluate(1).fingerprint == evaluate(22).fingerprint
    assert evaluate(1).where.endswith(".<locals>.evaluate.<locals>.<lambda>")


@pytest.mark.parametrize(
    ("file", "where"),
    [
        ("/srv/bot/cogs/a.py", "cogs/a.py:2 in f"),
        ("/srv/bot/src/../cogs/a.py", "cogs/a.py:2 in f"),
        ("/srv/bot2/cogs/a.py", "cogs/a.py:2 in f"),
        ("/srv/bot2/a.py", "bot2/a.py:2 in f"),
        ("/srv/bot.py", "srv/bot.py:2 in f"),
    ],
)
def test_a_file_beside_the_root_is_shown_by_a_name_that_can_be_found(file: str, where: str) -> None:
    with host("def f():\n    raise ValueError", file) as module:
        assert identify(module.f).where == where


def test_a_host_beside_a_library_is_no_library() -> None:
    fingerprints = Fingerprinter(ROOT, libraries=("/usr/lib/python3.11",))

    def is_hosts(file: str, module_file: str | None = None) -> bool:
        names: dict[str, Any] = {"__file__": module_file}
        exec(compile("import sys\nframe = sys._getframe()", file, "exec"), names)
        return fingerprints._files.is_in_app(names["frame"])

    assert not is_hosts("/usr/lib/python3.11/asyncio/tasks.py")
    assert not is_hosts("protocol/protocol.pyx", "/srv/.venv/site-packages/protocol.so")
    assert not is_hosts("<string>", "/usr/lib/python3.11/dataclasses.py")
    assert is_hosts("<string>", "/srv/bot/main.py")
    assert is_hosts("main.py", None)
    assert not is_hosts("/srv/bot/../../usr/lib/python3.11/asyncio/tasks.py")
    assert not is_hosts("/srv/bot/.venv/lib/site-packages/x.py")
    assert is_hosts("/usr/lib/python3.11-bot/main.py")
    assert is_hosts("/usr/lib/python3.11.py")
    assert is_hosts("/srv/my-site-packages/x.py")


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


def test_a_logger_for_each_server_is_no_fault_for_each_server() -> None:
    one, other = (record("lost %s", f"bot.guild.{n}") for n in (123456789012345678, 987654321012))

    assert one.fingerprint == other.fingerprint
    assert record("lost", "bot.tts1").fingerprint != record("lost", "bot.tts2").fingerprint


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
        assert not fingerprints._files.is_in_app(frame_in(str(ours / file)))
    for file in ("cogs/debug.py", "cogs/debug/tools.py", "services/debugcog/metrics.py"):
        assert fingerprints._files.is_in_app(frame_in(str(ROOT / file)))
    for file in ("cogs/debug_x/a.py", "cogs/debug.py", "services/debugcog2/metrics.py"):
        assert fingerprints._files.is_in_app(frame_in(str(ours / file)))


def test_the_owners_of_many_files_are_not_all_remembered() -> None:
    fingerprints = Fingerprinter(ROOT)
    for number in range(2_500):
        with host(SOURCE, f"<cell {number}>") as module:
            try:
                module.inner("x")
            except Exception as error:  # noqa: BLE001 - any kind is wanted
                fingerprints.of_exception(error)

    assert fingerprints._files.is_file_in_app.cache_info().currsize == 2_000


def test_one_stack_has_an_identity_for_each_type_and_line() -> None:
    source = "\ndef fail(kind, late):\n    if late:\n        raise kind\n    raise kind\n"
    with host(source, "/srv/bot/services/tts.py") as module:
        found = [
            identify(partial(module.fail, kind, late))
            for kind, late in ((ValueError, False), (KeyError, False), (ValueError, True))
        ]
    assert [(one.type, one.where) for one in found] == [
        ("ValueError", "services/tts.py:5 in fail"),
        ("KeyError", "services/tts.py:5 in fail"),
        ("ValueError", "services/tts.py:4 in fail"),
    ]
    assert found[0].fingerprint != found[1].fingerprint
    assert found[0].fingerprint == found[2].fingerprint
