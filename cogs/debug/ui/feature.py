"""Feature: a /debug command as it is declared, and its handlers, which are made on first use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from discord import app_commands

from cogs.debug.ui.later import Later
from services.debugcog.frozen import frozen

if TYPE_CHECKING:
    from cogs.debug.ui.actions import Action
    from cogs.debug.ui.reply import Form, Reply

A = TypeVar("A", bound="Action")
AppCommand = app_commands.Command[Any, ..., Any]


@frozen
class Control(Generic[A]):
    """What an action does; one of the four.

    Attributes:
        action: its class.
        answer: makes the reply; gets the action, and a mention of who asked.
        form: makes the form that the control opens, or a reply that says why there is none.
        submit: makes the reply to a form that was sent; gets its texts too.
        stream: makes the reply again and again; gets the id of what began it, too.
    """

    action: type[A]
    answer: Callable[[A, str], Awaitable[Reply]] | None = None
    form: Callable[[A], Form | Reply] | None = None
    submit: Callable[[A, Mapping[str, str], str], Awaitable[Reply]] | None = None
    stream: Callable[[A, int], Awaitable[Reply]] | None = None


if TYPE_CHECKING:

    class Handlers(Protocol):
        """What a command and its controls do."""

        def controls(self) -> tuple[Control[Any], ...]:
            """Map each action to what it does."""


@frozen
class Feature:
    """One command of ``/debug`` and all that its replies offer.

    Attributes:
        command: its name, texts and parameters; its body asks the handlers.
        families: the first parts of the names of its actions (``alert`` of ``alert.ack``).
        handlers: all the rest.
        forms: the names of its actions that open a form, which has to be the first response. All
            others are acknowledged before the handlers are made, for that may take its time.
    """

    command: AppCommand
    families: tuple[str, ...]
    handlers: Later[Handlers]
    forms: tuple[str, ...] = ()


def asked(answer: Callable[[A], Awaitable[Reply]]) -> Callable[[A, str], Awaitable[Reply]]:
    """Make a control's ``answer`` of a function that does not need to know who asks."""

    async def answer_anybody(action: A, by: str) -> Reply:
        return await answer(action)

    return answer_anybody
