"""Frames are named by module and function, and what was read of a stack is read once."""

from __future__ import annotations

from types import FrameType, TracebackType
from typing import Any

import pytest

from services.debugcog.errors.reraise import steps
from services.debugcog.errors.stacks import Stack, Stacks

CODE = compile(
    "def outer(depth):\n if depth:\n  outer(depth - 1)\n [fail(one) for one in (1,)]\n"
    "def fail(one):\n raise ValueError(one)\n",
    "/srv/bot/tts.py",
    "exec",
)


def traceback_in(module: object, depth: int = 0) -> list[TracebackType]:
    """Let the same code fail as a module of a name."""
    names: dict[str, object] = {"__name__": module}
    exec(CODE, names)
    try:
        names["outer"](depth)  # type: ignore[operator]  # a function of the code
    except ValueError as error:
        return steps(error.__traceback__)[1:]
    raise AssertionError


class Host:
    """Counts the frames that it is asked about; those of one file are the host's own."""

    def __init__(self) -> None:
        self.asked = 0

    def is_in_app(self, frame: FrameType) -> bool:
        self.asked += 1
        return frame.f_code.co_name == "outer"


def test_one_code_in_two_modules_has_two_names() -> None:
    stacks = Stacks(Host().is_in_app)
    for module in ("tts", "llm", "tts"):
        stack = stacks.of(traceback_in(module))
        assert (stack.names[0], stack.names[-1]) == (f"{module} outer", f"{module} fail")
        assert (stack.in_app, stack.innermost) == ((f"{module} outer",), 0)
    assert stacks.of(traceback_in(["no name"])).in_app == ("None outer",)


def test_a_stack_is_read_once_and_a_deep_one_each_time() -> None:
    host = Host()
    stacks = Stacks(host.is_in_app)
    for depth in (0, 0, 0, 200, 200):
        stacks.of(traceback_in("tts", depth))
    assert host.asked == sum(len(traceback_in("tts", depth)) for depth in (0, 200, 200))


def test_only_so_many_stacks_are_kept() -> None:
    host = Host()
    stacks = Stacks(host.is_in_app)
    for number in range(600):
        stacks.of(traceback_in(f"tts{number}"))
    assert len(stacks._known) == 100


def test_without_a_step_there_is_no_frame() -> None:
    assert Stacks(Host().is_in_app).of([]) == Stack((), (), None)


def test_a_function_made_while_the_bot_runs_has_no_id_in_its_name() -> None:
    def traceback_of(file: str, number: int) -> list[TracebackType]:
        names: dict[str, object] = {"__name__": "shop"}
        exec(compile(f"def command_{number}():\n raise KeyError\n", file, "exec"), names)
        try:
            names[f"command_{number}"]()  # type: ignore[operator]  # a function of the code
        except KeyError as error:
            return steps(error.__traceback__)[1:]
        raise AssertionError

    stacks = Stacks(Host().is_in_app)
    made = stacks.of(traceback_of("<command 81384788765712384>", 81384788765712384))
    numbered = stacks.of(traceback_of("<shop>", 404))
    written = stacks.of(traceback_of("/srv/bot/shop.py", 10062))

    assert (made.names, numbered.names, written.names) == (
        ("shop command_?",),
        ("shop command_404",),
        ("shop command_10062",),
    )


MODULE = """
import functools

TABLE = {"volume": lambda text: int(text), "speed": lambda text: int(text + "%")}

@functools.singledispatch
def handle(event):
    return None

@handle.register
def _(event: int):
    return int("join")

@handle.register
def _(event: str):
    return int("leave")

class Player:
    @functools.singledispatchmethod
    def play(self, song):
        return None

    @play.register
    def _(self, song: bytes):
        return int("raw")

    @property
    def volume(self):
        return int("stored")

    @volume.setter
    def volume(self, value):
        int(value)

    @volume.deleter
    def volume(self):
        int("gone")
"""


def names_in(source: str) -> list[str]:
    """List as what the functions of a module fail."""
    module: dict[str, Any] = {"__name__": "bot"}
    exec(compile(source, "/srv/bot/bot.py", "exec"), module)
    player, stacks = module["Player"](), Stacks(lambda _: True)
    found = []
    for call in (
        lambda: module["TABLE"]["volume"]("loud"),
        lambda: module["TABLE"]["speed"]("fast"),
        lambda: module["handle"](1),
        lambda: module["handle"]("x"),
        lambda: player.play(b"x"),
        lambda: player.volume,
        lambda: setattr(player, "volume", "loud"),
        lambda: delattr(player, "volume"),
    ):
        with pytest.raises(ValueError, match="invalid literal") as caught:
            call()
        found.append(stacks.of(steps(caught.value.__traceback__)).names[-1])
    return found


def test_functions_of_one_name_are_told_apart_and_stay_themselves_when_lines_move() -> None:
    assert names_in(MODULE) == [
        "bot <lambda> int",
        "bot <lambda> int '%'",
        "bot _ int",
        "bot _ str",
        "bot Player._ bytes",
        "bot Player.volume",
        "bot Player.volume setter",
        "bot Player.volume deleter",
    ]
    other = "TABLE", "OTHER = [lambda text: None]\nTABLE"
    assert names_in(MODULE.replace(*other)) == names_in(MODULE)
