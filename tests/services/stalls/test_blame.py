from __future__ import annotations

import logging
import math
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.debugcog import frozen
from services.debugcog.host_files import HostFiles
from services.debugcog.stalls.blame import STACK_CALLS_MAX, STACK_MAX, Blame, Gap, Sample
from services.debugcog.stalls.stacks import Call
from services.debugcog.stalls.stall import Stall
from tests.services.stalls.host_file import call

LIBRARY = "/usr/lib/python3.12"
FETCH = (call(f"{LIBRARY}/ssl.py", "read", 9), call("/srv/bot/cogs/chat.py", "fetch", 63))
PARSE = (call("/srv/bot/cogs/chat.py", "parse", 80),)
WAITING: tuple[Call, ...] = ()
BLAME = Blame(HostFiles(Path("/srv/bot"), (LIBRARY,)), str, 0.25)


def gap(
    seconds: float,
    *seen: tuple[float, float, Sequence[Call]],
    cpu: float = 0.0,
    wait: float = 0.25,
    thread: str = "",
) -> Gap:
    """Make a gap; each sight is a time, the CPU seconds by then, and calls."""
    samples = (Sample(0.0, at, used, wait, tuple(calls), thread) for at, used, calls in seen)
    return Gap(0.0, seconds, 0.0, cpu, 1_000.0, wait, tuple(samples))


def regular(end: float, calls: Sequence[Call]) -> list[tuple[float, float, Sequence[Call]]]:
    """See the same four times a second, from 0.45 s on, as the watch does."""
    return [(0.45 + 0.25 * number, 0.0, calls) for number in range(int((end - 0.45) / 0.25) + 1)]


def who(stall: Stall | None) -> str:
    return "" if stall is None else f"{stall.function} {stall.place} {stall.seconds:.2f}"


def test_the_hosts_innermost_function_is_named_with_its_line() -> None:
    assert who(BLAME.stall(gap(5.0, *regular(5.0, FETCH)))) == "fetch cogs/chat.py:63 4.75"


def test_the_innermost_function_is_named_where_none_is_the_hosts() -> None:
    assert who(BLAME.stall(gap(2.0, *regular(2.0, FETCH[:1])))) == "read python3.12/ssl.py:9 1.75"


MODEL = call("<string>", "__init__", 4, "/srv/bot/models.py")
LIBRARYS = call("<string>", "__init__", 4, f"{LIBRARY}/site-packages/parser.py")
UNKNOWN = call("<attrs generated init parser.Parser>", "__init__", 4)
CREATE = call(f"{LIBRARY}/site-packages/parser.py", "create", 7)


@pytest.mark.parametrize(
    ("calls", "named"),
    [
        ((CREATE, LIBRARYS, *FETCH), "fetch cogs/chat.py:63 1.75"),
        ((CREATE, UNKNOWN, *FETCH), "fetch cogs/chat.py:63 1.75"),
        ((CREATE, MODEL, *FETCH), "fetch cogs/chat.py:63 1.75"),
        ((CREATE, MODEL, CREATE), "__init__ <string>:4 1.75"),
        ((CREATE, UNKNOWN, MODEL), "__init__ <string>:4 1.75"),
        ((CREATE, LIBRARYS), "create site-packages/parser.py:7 1.75"),
    ],
)
def test_generated_code_is_named_only_where_it_is_the_hosts_and_no_file_called_it(
    calls: tuple[Call, ...], named: str
) -> None:
    assert who(BLAME.stall(gap(2.0, *regular(2.0, calls)))) == named


@pytest.mark.parametrize(
    ("calls", "runs"),
    [
        ((CREATE, *FETCH), True),
        ((CREATE, MODEL), True),
        ((CREATE, LIBRARYS), False),
        ((CREATE, UNKNOWN), False),
        ((), False),
    ],
)
def test_a_thread_runs_the_hosts_code_where_a_file_or_a_module_of_it_tells_so(
    calls: tuple[Call, ...], runs: bool
) -> None:
    assert BLAME.runs_host(calls) is runs


def test_what_took_longest_is_named_of_several() -> None:
    seen = [*regular(1.5, FETCH), (1.6, 0.2, PARSE), (4.5, 3.0, PARSE)]
    assert who(BLAME.stall(gap(4.6, *seen, cpu=3.0))) == "parse cogs/chat.py:80 4.35"


def test_code_that_held_the_interpreter_is_what_is_seen_when_it_returns() -> None:
    stall = BLAME.stall(gap(5.0, (4.9, 4.5, FETCH), (4.95, 4.5, PARSE), cpu=4.6))
    assert who(stall) == "fetch cogs/chat.py:63 4.75"


def test_the_line_in_which_the_function_was_longest_is_named() -> None:
    other = (call("/srv/bot/cogs/chat.py", "fetch", 99),)
    code = FETCH[1].code
    same = (Call(code, 99, 0),)
    stall = BLAME.stall(gap(3.0, (0.5, 0.1, FETCH), (2.5, 2.0, same), cpu=2.5))
    assert other[0].function == same[0].function
    assert who(stall) == "fetch cogs/chat.py:99 2.75"


@pytest.mark.parametrize("after", [WAITING, FETCH])
def test_a_process_that_stood_still_blames_nobody(after: Sequence[Call]) -> None:
    assert BLAME.stall(gap(120.0, (119.9, 0.01, after), cpu=0.02)) is None


def test_the_time_in_which_the_process_stood_still_is_no_part_of_a_stall() -> None:
    seen = [*regular(2.0, FETCH), (122.0, 0.0, FETCH), (122.25, 0.0, FETCH)]
    assert who(BLAME.stall(gap(122.5, *seen))) == "fetch cogs/chat.py:63 2.20"


def test_a_long_stall_is_looked_at_less_often_and_is_no_standing_still() -> None:
    seen = [(30.0 * number, 0.0, FETCH) for number in range(1, 21)]
    assert who(BLAME.stall(gap(600.0, *seen, wait=30.0))) == "fetch cogs/chat.py:63 599.75"


def test_a_short_delay_is_no_stall() -> None:
    assert BLAME.stall(gap(0.49, (0.45, 0.0, FETCH))) is None
    assert BLAME.stall(gap(0.51, (0.45, 0.0, FETCH))) is not None


def test_a_stall_in_which_nobody_was_seen_counts_if_the_process_computed() -> None:
    assert BLAME.stall(gap(3.0, (2.9, 2.5, WAITING), cpu=2.6)) == Stall(1_000.0, 2.75)
    assert BLAME.stall(gap(0.7, cpu=0.0)) is None


def test_code_without_a_known_call_computes_or_waits_as_the_cpu_time_tells() -> None:
    waits, computes = (BLAME.stall(gap(2.0, *regular(2.0, PARSE), cpu=cpu)) for cpu in (0.1, 1.0))
    assert waits is not None
    assert computes is not None
    assert (waits.hint, computes.hint.partition(";")[0]) == ("", "Python code that computes")


OURS = Path(frozen.__file__).parent
THREADING = call(threading.__file__, "wait", 9)
LOGGING = call(logging.__file__, "handle", 9)
REQUESTS = call("/srv/.venv/lib/python3.12/site-packages/requests/sessions.py", "send", 9)


@pytest.mark.parametrize(
    ("calls", "hint"),
    [
        ((call(f"{OURS}/logfile/queue.py", "handle"), LOGGING, *PARSE), ""),
        ((THREADING, call(f"{OURS}/guard.py", "bounded"), LOGGING, *PARSE), ""),
        ((REQUESTS, call(f"{OURS}/logfile/queue.py", "handle"), *PARSE), "blocking HTTP"),
        ((call(f"{OURS}/guard.py", "bounded"),), ""),
        ((THREADING, LOGGING, *PARSE), "waiting for a thread"),
        ((call(f"{LIBRARY}/site-packages/queue.py", "get"), *PARSE), "waiting for a thread"),
    ],
)
def test_a_hint_tells_of_the_hosts_work_and_not_of_this_projects(
    calls: tuple[Call, ...], hint: str
) -> None:
    here = Blame(HostFiles(Path("/srv/bot")), str, 0.25)
    stall = here.stall(gap(2.0, *regular(2.0, calls), cpu=1.0))
    assert stall is not None
    assert stall.hint.partition(";")[0].partition(" (")[0] == hint


def test_another_thread_is_named_as_that() -> None:
    stall = BLAME.stall(gap(3.0, (2.9, 2.5, PARSE), cpu=2.6, thread="asyncio_0"))
    assert stall is not None
    assert (stall.function, stall.thread) == ("parse", "asyncio_0")


def test_texts_are_redacted_and_bounded() -> None:
    deep = [call(f"/srv/bot/{'long' * 20}/hunter2.py", "secret") for _ in range(500)]
    blame = Blame(BLAME.host, lambda text: text.replace("hunter2", "[redacted]"), 0.25)
    stall = blame.stall(gap(2.0, *regular(2.0, deep)))
    assert stall is not None
    assert "hunter2" not in f"{stall.file}{stall.stack}"
    assert "[redacted].py:2 in secret" in stall.stack
    assert len(stall.stack) <= STACK_MAX
    assert stall.stack.count("\n") < STACK_CALLS_MAX


def test_a_name_that_cannot_be_stored_is_replaced() -> None:
    odd = (call("/srv/bot/caf\udce9.py", "fetch"),)
    stall = BLAME.stall(gap(2.0, *regular(2.0, odd), thread="\ud800"))
    assert stall is not None
    assert (stall.place, stall.stack) == ("caf?.py:2", "caf?.py:2 in fetch")
    assert stall.thread == "?"


def test_the_stack_names_each_call_innermost_first() -> None:
    stall = BLAME.stall(gap(2.0, *regular(2.0, FETCH)))
    assert stall is not None
    assert stall.stack == "python3.12/ssl.py:9 in read\ncogs/chat.py:63 in fetch"
    assert math.isclose(stall.began, 1_000.0)
