"""Exceptions become the lines that Python prints, bounded and each in one piece."""

from __future__ import annotations

import functools
import gc
import importlib
import linecache
import weakref
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from services.debugcog.log_exception import LIMITS
from services.debugcog.logfile.tracebacks import TracebackFormat
from services.debugcog.tracebacks import Raised, take_down

HERE = __file__
DRINKS: dict[str, str] = {}


def lines_of(
    error: BaseException, redact: Callable[[str], str] = str, *, trace: bool = True
) -> list[str]:
    stack = error.__traceback__ if trace else None
    return TracebackFormat(redact).lines(take_down(error, stack, LIMITS))


def taken(error: BaseException) -> Raised:
    return take_down(error, error.__traceback__, LIMITS)


class Custom(Exception):  # noqa: N818 - its name is what is tested
    pass


def caught(function: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as info:  # noqa: PT011 - whatever it is, it is looked at
        function()
    error = info.value
    trace = error.__traceback__
    return error.with_traceback(trace.tb_next if trace else None)  # without this function


def number_of(function: Callable[..., object], line: int) -> int:
    return function.__code__.co_firstlineno + line


def synthesize(text: str) -> None:
    raise ValueError(text)


def speak() -> None:
    try:
        synthesize("too\nlong")
    except ValueError as error:
        raise RuntimeError("no voice") from error


def forget() -> None:
    try:
        synthesize("first")
    except ValueError:
        print(DRINKS["key"])


def hide() -> None:
    try:
        synthesize("first")
    except ValueError:
        raise KeyError("second") from None


def test_a_chain_reads_as_python_prints_it_without_carets() -> None:
    assert lines_of(caught(speak)) == [
        "Traceback (most recent call last):",
        f'  File "{HERE}", line {number_of(speak, 2)}, in speak',
        r'    synthesize("too\nlong")',
        f'  File "{HERE}", line {number_of(synthesize, 1)}, in synthesize',
        "    raise ValueError(text)",
        r"ValueError: too\nlong",
        "The above exception was the direct cause of the following exception:",
        "Traceback (most recent call last):",
        f'  File "{HERE}", line {number_of(speak, 4)}, in speak',
        '    raise RuntimeError("no voice") from error',
        "RuntimeError: no voice",
    ]


def test_an_exception_while_another_is_handled_names_both() -> None:
    lines = lines_of(caught(forget))
    assert lines[5:7] == [
        "ValueError: first",
        "During handling of the above exception, another exception occurred:",
    ]
    assert lines[-1] == "KeyError: 'key'"


def test_a_context_that_was_suppressed_is_not_shown() -> None:
    assert lines_of(caught(hide))[3:] == ["KeyError: 'second'"]


def test_only_the_type_is_shown_where_there_is_nothing_else() -> None:
    assert lines_of(TimeoutError()) == ["TimeoutError"]
    assert lines_of(Custom(5)) == [f"{__name__}.Custom: 5"]


def test_notes_and_groups_are_shown() -> None:
    group = ExceptionGroup("two tasks", [ValueError("a\nb"), ExceptionGroup("in", [KeyError(1)])])
    group.add_note("while starting\nup")
    assert lines_of(group) == [
        "ExceptionGroup: two tasks (2 sub-exceptions)",
        r"while starting\nup",
        "  Exception 1 of 2 in the group:",
        r"    ValueError: a\nb",
        "  Exception 2 of 2 in the group:",
        "    ExceptionGroup: in (1 sub-exception)",
        "      Exception 1 of 1 in the group:",
        "        KeyError: 1",
    ]


def test_a_large_group_and_a_deep_one_are_cut() -> None:
    large = ExceptionGroup("many", [ValueError(number) for number in range(12)])
    assert lines_of(large)[-1] == "  [… 2 more in the group …]"
    deep: Exception = ValueError("inside")
    for _ in range(50):
        deep = ExceptionGroup("deep", [deep])
    assert lines_of(deep)[-1].strip() == "[… 1 more in the group …]"
    assert len(lines_of(deep)) == 10


def recurse(depth: int) -> None:
    if depth:
        recurse(depth - 1)
    raise RecursionError("too deep")


def test_a_deep_stack_is_cut_in_the_middle() -> None:
    lines = lines_of(caught(lambda: recurse(500)))
    assert lines[41] == "  [… 442 frames left out …]"
    assert len(lines) == 1 + 60 * 2 + 1 + 1
    assert lines[-3:] == [
        f'  File "{HERE}", line {number_of(recurse, 3)}, in recurse',
        '    raise RecursionError("too deep")',
        "RecursionError: too deep",
    ]


def test_a_chain_that_ends_in_itself_and_a_long_one_end() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__context__, second.__context__ = second, first
    assert lines_of(first) == [
        "ValueError: second",
        "During handling of the above exception, another exception occurred:",
        "ValueError: first",
    ]
    error = ValueError(0)
    for number in range(1, 1000):
        later = ValueError(number)
        later.__cause__ = error
        error = later
    assert lines_of(error)[0] == "[… earlier exceptions left out …]"
    assert lines_of(error)[-1] == "ValueError: 999"
    assert len(lines_of(error)) == 20


class Mute(Exception):  # noqa: N818 - its name is what is tested
    def __str__(self) -> str:
        raise OSError("no text")


def test_an_exception_that_cannot_tell_its_text_is_still_named() -> None:
    assert lines_of(Mute()) == [f"{__name__}.Mute: <str() raised OSError>"]


def test_an_exception_reads_as_it_was_when_it_was_taken_down() -> None:
    state = ["now"]
    error = ValueError(state)
    error.add_note("note")
    before = taken(error)
    state[0] = "later"
    error.add_note("later")
    error.__cause__ = KeyError("later")
    assert TracebackFormat(str).lines(before) == ["ValueError: ['now']", "note"]


def test_neither_frames_nor_what_an_exception_holds_are_kept_alive() -> None:
    class Held:
        pass

    def fail(held: Held) -> None:
        try:
            raise KeyError(held)
        except KeyError as error:
            raise ExceptionGroup("group", [error, ValueError(held)]) from error

    held = Held()
    alive = weakref.ref(held)
    before = taken(caught(functools.partial(fail, held)))
    del held
    gc.collect()
    assert alive() is None
    assert "ExceptionGroup: group (2 sub-exceptions)" in TracebackFormat(str).lines(before)


@pytest.mark.parametrize(
    "name", ["__cause__", "__context__", "__suppress_context__", "__traceback__", "__notes__"]
)
@pytest.mark.parametrize("kind", [RuntimeError, SystemExit])
def test_an_attribute_that_fails_costs_its_part_alone(name: str, kind: type[BaseException]) -> None:
    def fail(_: BaseException) -> object:
        raise kind

    odd = type("Odd", (Exception,), {name: property(fail)})
    assert lines_of(odd("text"), trace=False) == [f"{__name__}.Odd: text"]


def test_a_module_that_cannot_be_named_is_no_hindrance() -> None:
    class Meta(type):
        @property
        def __module__(cls) -> str:  # type: ignore[override]  # what is tested
            raise RuntimeError

    odd = Meta("Odd", (Exception,), {})
    assert lines_of(odd("text")) == ["?.Odd: text"]


def test_a_source_that_only_its_loader_can_read_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "hosts.zip", "w") as archive:
        archive.writestr("zipped_host.py", "def fail():\n    raise ValueError('zipped')\n")
    monkeypatch.syspath_prepend(str(tmp_path / "hosts.zip"))
    before = taken(caught(importlib.import_module("zipped_host").fail))
    assert TracebackFormat(str).lines(before)[-2:] == [
        "    raise ValueError('zipped')",
        "ValueError: zipped",
    ]


def test_all_members_of_groups_together_have_a_bound() -> None:
    def group(depth: int) -> Exception:
        inner = [group(depth - 1) if depth else ValueError(0) for _ in range(10)]
        return ExceptionGroup("group", inner)

    assert len([line for line in lines_of(group(3)) if "ValueError: 0" in line]) < 100


def test_frames_are_redacted_and_no_name_of_a_file_breaks_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    namespace: dict[str, Callable[[], None]] = {}
    source = "def f():\n    raise ValueError('hunter2', token)\ntoken = 1\n"
    exec(compile(source, "bot\n2026.py", "exec"), namespace)
    entry = (len(source), None, source.splitlines(True), "bot\n2026.py")
    monkeypatch.setitem(linecache.cache, "bot\n2026.py", entry)
    lines = lines_of(
        caught(namespace["f"]), lambda text: text.replace("hunter2", "[redacted]\nERROR")
    )
    assert lines == [
        "Traceback (most recent call last):",
        r'  File "bot\n2026.py", line 2, in f',
        "    raise ValueError('[redacted]",
        r"\x45RROR', token)",
        r"ValueError: ('[redacted]\n\x45RROR', 1)",
    ]


def test_a_changed_file_is_read_again_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    form = TracebackFormat(str, lambda: now)
    error = caught(lambda: recurse(0))
    before = form.lines(taken(error))
    unchecked = (1, None, ["changed\n"] * 1000, HERE)  # no time of change: never compared
    monkeypatch.setitem(linecache.cache, HERE, unchecked)
    assert form.lines(taken(error)) == before
    now = 1.0
    assert form.lines(taken(error))[-2] == "    changed"


def test_a_stack_and_a_text_that_come_again_are_redacted_once_a_second() -> None:
    now, seen = 0.0, list[str]()

    def redact(text: str) -> str:
        seen.append(text)
        return text

    form = TracebackFormat(redact, lambda: now)
    raises = [functools.partial(synthesize, text) for text in ("one", "two", "one")]
    lines = [form.lines(taken(caught(each))) for each in raises]
    assert [each[-1] for each in lines] == [f"ValueError: {text}" for text in ("one", "two", "one")]
    assert lines[0] == lines[2]
    assert [text for text in seen if "File" not in text] == ["ValueError: one", "ValueError: two"]
    assert len(seen) == 1 + 2  # with the one frame of the stack
    now = 1.0
    form.lines(taken(caught(raises[0])))
    assert len(seen) == 3 + 2


def test_a_long_text_is_not_kept() -> None:
    form = TracebackFormat(str)
    form.lines(taken(ValueError("x" * 600)))
    form.lines(taken(ValueError("x")))
    assert list(form._texts.values()) == ["ValueError: x"]
