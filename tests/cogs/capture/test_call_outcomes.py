"""What becomes of a call whose handler raises an exception of any kind."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from discord.ext import commands

from cogs.debug.capture.call_records import CallRecords
from cogs.debug.capture.calls import Calls
from cogs.debug.capture.invocations import of_context
from services.debugcog.calls.book import CallBook
from services.debugcog.calls.loop_delays import LoopDelays
from services.debugcog.errors.records import Context
from services.debugcog.metrics import MetricsService
from tests.hostile import raising


@pytest.mark.parametrize("truth", [lambda _: False, raising(SystemExit("ambiguous"))])
def test_a_command_that_fails_with_an_exception_without_a_truth_has_failed(
    truth: Callable[..., object],
) -> None:
    metrics, book, context = MetricsService(), CallBook(), Context(command="play")
    calls = Calls(CallRecords(metrics.timer, book, None), LoopDelays())
    error = type("Problems", (Exception,), {"__bool__": truth})()
    try:
        for number in (1, 2):
            calls.start(number, context, "prefix", "play")
        calls.end(1, context, error, "E-7K3Q9D")
        calls.failed(2, error, "E-7K3Q9E")
        calls.end(2, context)
    finally:
        metrics.close()
    assert [(call.outcome, call.error) for call in book.recent("play", 0.0)] == [
        ("failed", "E-7K3Q9E"),
        ("failed", "E-7K3Q9D"),
    ]


class Playlist(commands.Group[Any, Any, Any]):
    """A group of commands that is false while it is empty."""

    def __len__(self) -> int:
        return len(self.all_commands)


async def play(ctx: commands.Context[Any]) -> None:
    """Play."""


def test_a_command_whose_class_has_a_truth_of_its_own_is_named() -> None:
    someone: Any = SimpleNamespace(id=1)
    ctx: Any = SimpleNamespace(
        command=Playlist(play),
        cog=None,
        guild=None,
        author=someone,
        channel=someone,
        interaction=None,
        message=someone,
    )
    assert of_context(ctx).command == "play"
