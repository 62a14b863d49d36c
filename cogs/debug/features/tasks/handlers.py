"""Handlers of /debug tasks and its controls: list, open, restart, cancel, start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from cogs.debug.features.tasks.actions import (
    AskLoop,
    DoLoop,
    OpenGroup,
    OpenLoop,
    Operation,
    ShowTasks,
)
from cogs.debug.features.tasks.group_card import group_reply
from cogs.debug.features.tasks.loop_card import loop_done, loop_question, loop_reply
from cogs.debug.features.tasks.reply import tasks_reply
from cogs.debug.ui.escaping import inline, plain
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import OPTIONS_MAX, Button, Reply, problem
from services.debugcog.answers.tasks import group, tasks
from services.debugcog.exceptions import brief
from services.debugcog.frozen import frozen
from services.debugcog.guard import is_hosts, own_logger
from services.debugcog.host_files import HostFiles
from services.debugcog.tasks.loop_row import LoopRow, Loops
from services.debugcog.tasks.watch import TaskWatch
from services.debugcog.wording import clip

log = own_logger("debugcog.tasks")

FIND_MAX = 60
"""Characters that are looked for; the key of a loop has no more."""
DONE: dict[Operation, str] = {"restart": "restarted", "cancel": "cancelled", "start": "started"}


@frozen(kw_only=True)
class TaskHandlers:
    """What /debug tasks and its controls do; all of it on the bot's thread.

    Attributes:
        watch: knows the tasks.
        loops: of the bot.
        files: knows the host's files.
        note: keeps a change of the bot, for incidents that follow it.
        redact: files go through it.
    """

    watch: TaskWatch
    loops: Loops
    files: HostFiles
    note: Callable[[str], Awaitable[None]]
    redact: Callable[[str], str]

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ShowTasks, asked(self.show)),
            Control(OpenGroup, asked(lambda action: self.open_group(action.group))),
            Control(OpenLoop, asked(lambda action: self.open_loop(action.loop))),
            Control(AskLoop, asked(self.ask)),
            Control(DoLoop, asked(self.do)),
        )

    async def find(self, text: str) -> Reply:
        """List what a text is found in; a single group or loop is shown in detail."""
        text = text.strip()[:FIND_MAX]
        rows = await self.loops.rows()
        answer = await tasks(self.watch, rows, self.files, text)
        if text and len(answer.rows) == answer.matching == 1 and not answer.loops:
            return await self.open_group(answer.rows[0].id)
        named = [one for one in answer.loops if text.casefold() == one.name.casefold()]
        keyed = next((one for one in rows if one.key == text), None)
        loop = keyed or (named[0] if len(named) == 1 else None)
        return loop_reply(loop) if loop else tasks_reply(answer, text)

    async def show(self, action: ShowTasks) -> Reply:
        """Show a page of the list."""
        rows = await self.loops.rows()
        answer = await tasks(self.watch, rows, self.files, action.find, action.page)
        return tasks_reply(answer, action.find)

    async def open_group(self, found: str) -> Reply:
        """Show the tasks of one group with their stacks."""
        answer = await group(self.watch, self.files, found)
        return (
            _gone("No such task runs any more.")
            if answer is None
            else group_reply(answer, self.redact)
        )

    async def open_loop(self, key: str) -> Reply:
        """Show one loop."""
        row = self.loops.row(key)
        return _no_loop() if row is None else loop_reply(row)

    async def ask(self, action: AskLoop) -> Reply:
        """Ask whether that is meant."""
        row = self.loops.row(action.loop)
        return _no_loop() if row is None else loop_question(row, action.operation)

    async def do(self, action: DoLoop) -> Reply:
        """Restart, cancel or start a loop, and keep that as a change of the bot."""
        row = self.loops.row(action.loop)
        if row is None:
            return _no_loop()
        try:
            is_done = await self._do(action)
        except Exception as error:
            if not is_hosts(error):
                raise
            return _gone(
                f"{plain(row.name)} was not {DONE[action.operation]}: {inline(brief(error), 300)}"
            )
        if is_done is None:
            return _no_loop()
        if is_done:
            log.info("Loop %s of %s %s", row.name, row.owner, DONE[action.operation])
            await self.note(f"Loop {_named(row)} {DONE[action.operation]}")
        return loop_done(self.loops.row(action.loop) or row, action.operation, is_done=is_done)

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Complete loops, worst first, and groups of tasks."""
        loop_rows, most = await self.loops.rows(), OPTIONS_MAX
        answer = await tasks(self.watch, loop_rows, self.files, typed, size=most, sampled=0)
        loops = [(f"{one.name} of {one.owner} · {one.state}", one.key) for one in answer.loops]
        groups = [(f"{one.name} · {one.count}", one.id) for one in answer.rows]
        return [(clip(name, 100), value) for name, value in (loops + groups)[:most]]

    async def _do(self, action: DoLoop) -> bool | None:
        if action.operation == "start":
            return self.loops.start(action.loop)
        operation = self.loops.restart if action.operation == "restart" else self.loops.cancel
        return await operation(action.loop)


def _named(row: LoopRow) -> str:
    return plain(f"{row.name} of {row.owner}")


def _no_loop() -> Reply:
    return _gone("There is no such loop any more.")


def _gone(text: str) -> Reply:
    reply = problem(text)
    return Reply(embeds=reply.embeds, controls=(Button("All tasks", ShowTasks()),))
