"""Feature: a /debug command and the handlers of its controls, ready for the cog to add."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from discord import app_commands

from cogs.debug.ui.actions import Action
from cogs.debug.ui.reply import Form, Reply

A = TypeVar("A", bound=Action)
AppCommand = app_commands.Command[Any, ..., Any]


@dataclass(frozen=True, slots=True)
class Control(Generic[A]):
    """What an action does; one of the three.

    Attributes:
        action: its class.
        answer: makes the reply; gets the action, and a mention of who asked.
        form: makes the form that the control opens, or a reply that says why there is none.
        submit: makes the reply to a form that was sent; gets its texts too.
    """

    action: type[A]
    answer: Callable[[A, str], Awaitable[Reply]] | None = None
    form: Callable[[A], Form | Reply] | None = None
    submit: Callable[[A, Mapping[str, str], str], Awaitable[Reply]] | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """One command of ``/debug`` and all that its replies offer."""

    command: AppCommand
    controls: tuple[Control[Any], ...]


def asked(answer: Callable[[A], Awaitable[Reply]]) -> Callable[[A, str], Awaitable[Reply]]:
    """Make a control's ``answer`` of a function that does not need to know who asks."""

    async def answer_anybody(action: A, by: str) -> Reply:
        return await answer(action)

    return answer_anybody
