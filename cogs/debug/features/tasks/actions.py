"""Actions of the controls of /debug tasks."""

from __future__ import annotations

from typing import Literal

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen

Operation = Literal["restart", "cancel", "start"]


@frozen
class ShowTasks(Action, name="tasks"):
    """Show a page of tasks and loops in which a text is found."""

    find: str = ""
    page: int = 1


@frozen
class OpenGroup(Action, name="tasks.group"):
    """Show the tasks of one group with their stacks."""

    group: str


@frozen
class OpenLoop(Action, name="tasks.loop"):
    """Show one loop."""

    loop: str


@frozen
class AskLoop(Action, name="tasks.ask"):
    """Ask whether a loop is to be restarted or cancelled."""

    loop: str
    operation: Operation


@frozen
class DoLoop(Action, name="tasks.do"):
    """Restart, cancel or start a loop."""

    loop: str
    operation: Operation
