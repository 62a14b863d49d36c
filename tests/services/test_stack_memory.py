from __future__ import annotations

import gc
import linecache
import weakref
from types import SimpleNamespace, TracebackType

import pytest

from services.debugcog import stack_memory
from services.debugcog.stack_memory import StackMemory, StackSummary

FILE = "made/host_tts.py"
SOURCE = """\
def speak(number, held=None):
    if number == 1:
        raise ValueError
    raise ValueError

def listen():
    raise ValueError
"""
SPACE = {"__name__": "host_tts", "__loader__": SimpleNamespace(get_source=lambda _: SOURCE)}
exec(compile(SOURCE, FILE, "exec"), SPACE)


class Held:
    """What a frame of the host has in a local variable."""


def trace_of(function: str, *arguments: object) -> TracebackType:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - it has no message
        SPACE[function](*arguments)  # type: ignore[operator]  # it was made by exec
    trace = caught.value.__traceback__
    assert trace
    assert trace.tb_next
    return trace.tb_next  # without this function


@pytest.fixture
def memory() -> StackMemory:
    return StackMemory(20, 40)


def test_a_stack_that_came_before_is_the_same_object(memory: StackMemory) -> None:
    assert memory.of(trace_of("speak", 1)) is memory.of(trace_of("speak", 1))


def test_another_line_of_the_same_function_is_another_stack(memory: StackMemory) -> None:
    stacks = [memory.of(trace_of("speak", number)) for number in (1, 2, 1)]
    assert stacks == [StackSummary(((FILE, line, "speak"),), 0, ()) for line in (3, 4, 3)]


def test_nothing_of_the_host_lives_on_in_it(memory: StackMemory) -> None:
    held = Held()
    gone = weakref.ref(held)
    memory.of(trace_of("speak", 1, held))
    del held
    gc.collect()
    assert gone() is None


def test_no_more_stacks_are_remembered_than_it_may(
    memory: StackMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_memory, "STACKS_MAX", 1)
    first = memory.of(trace_of("speak", 1))
    assert memory.of(trace_of("listen")) == StackSummary(((FILE, 7, "listen"),), 0, ())
    assert memory.of(trace_of("speak", 1)) is not first


def test_a_source_that_was_forgotten_is_looked_for_again(memory: StackMemory) -> None:
    memory.of(trace_of("speak", 1))
    linecache.cache.pop(FILE)
    memory.of(trace_of("speak", 1))
    assert linecache.getline(FILE, 7) == "    raise ValueError\n"


def test_the_same_code_in_another_module_is_another_stack(memory: StackMemory) -> None:
    code = compile("def speak():\n    raise ValueError\n", FILE, "exec")
    traces = []
    for name in ("one", "two", "one"):
        space: dict[str, object] = {"__name__": name}
        exec(code, space)
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - it has no message
            space["speak"]()  # type: ignore[operator]  # it was made by exec
        traces.append(caught.value.__traceback__)
    first, second, third = (memory.of(trace) for trace in traces if trace)
    assert first is third
    assert first is not second


def test_a_loader_of_the_hosts_that_raises_costs_no_frame(memory: StackMemory) -> None:
    class Hostile:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError(name)

    space: dict[str, object] = {"__name__": "hostile", "__loader__": Hostile()}
    exec(compile(SOURCE, "made/hostile.py", "exec"), space)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - it has no message
        space["listen"]()  # type: ignore[operator]  # it was made by exec
    trace = caught.value.__traceback__
    assert trace
    assert trace.tb_next
    frames = (("made/hostile.py", 7, "listen"),)
    assert memory.of(trace.tb_next) == StackSummary(frames, 0, ())


def test_a_long_stack_is_the_same_object_too_and_an_endless_one_is_not(memory: StackMemory) -> None:
    def dig(depth: int) -> None:
        if not depth:
            raise ValueError
        dig(depth - 1)

    def taken(depth: int) -> StackSummary:
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - it has no message
            dig(depth)
        assert caught.value.__traceback__
        return memory.of(caught.value.__traceback__)

    long = [taken(80) for _ in range(2)]
    assert long[0] is long[1]
    assert (len(long[0].first), long[0].left_out, len(long[0].last)) == (20, 22, 40)
    endless = [taken(200) for _ in range(2)]
    assert endless[0] == endless[1]
    assert endless[0] is not endless[1]
    assert endless[0].size == 202
