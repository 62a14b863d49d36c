"""RuntimeSources → what the page Runtime asks: event loop, gateway, tasks, traces."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from services.debugcog.answers.gateway import GatewayAnswer, gateway
from services.debugcog.answers.loop import LoopAnswer, loop
from services.debugcog.answers.published import Published
from services.debugcog.answers.reads import Read
from services.debugcog.answers.sharing import Shared
from services.debugcog.answers.sources import Sources
from services.debugcog.answers.tasks import GroupAnswer, TasksAnswer, group, tasks
from services.debugcog.answers.traces import TracesAnswer, traces
from services.debugcog.frozen import frozen
from services.debugcog.gateway.sources import GatewaySources
from services.debugcog.host_files import HostFiles
from services.debugcog.tasks.loop_row import Loops
from services.debugcog.tasks.watch import TaskWatch
from services.debugcog.web.bot_loop import BotLoop, NoAnswerError
from services.debugcog.web.questions import Ask, Question
from services.debugcog.windows import Window

CULPRITS, TIMES = 50, 12
"""Who blocked the loop: so many are listed, each with its last stalls."""
GROUPS = 25
"""Groups of tasks on a page."""
MISSING = "Tasks are missing: {}."
TaskPage = tuple[str, int]


@frozen(kw_only=True)
class RuntimeSources:
    """Where the answers come from.

    Attributes:
        sources: of the figures and calls.
        gateway: what is known of the gateway.
        watch: knows the tasks; on the bot's loop alone.
        loops: makes what lists the ``tasks.loop``s; likewise.
        files: knows the host's files.
        bot: asks the bot's loop.
    """

    sources: Sources
    gateway: GatewaySources
    watch: TaskWatch
    loops: Callable[[], Loops]
    files: HostFiles
    bot: BotLoop


class RuntimeRoutes:
    """Makes the questions; what they cost the bot's loop, all viewers share.

    Args:
        sources: of the answers.
    """

    def __init__(self, sources: RuntimeSources) -> None:
        self._of = sources
        self._loop: Shared[Window, LoopAnswer] = Shared(self._ask_loop)
        self._gateway: Shared[Window, GatewayAnswer] = Shared(self._ask_gateway)
        self._tasks: Shared[TaskPage, TasksAnswer] = Shared(self._ask_tasks)
        self._group: Shared[str, Read[GroupAnswer]] = Shared(self._ask_group)

    def questions(self) -> Mapping[str, Question]:
        """Map paths below ``/api/v1/`` to questions."""
        return {
            "loop": lambda published, ask: self._loop(published, ask.window),
            "gateway": lambda published, ask: self._gateway(published, ask.window),
            "tasks": lambda published, ask: self._tasks(
                published, (ask.text("find"), ask.number("page", 1, low=1))
            ),
            "tasks/{id}": lambda published, ask: self._group(published, ask.path["id"]),
            "traces": self._traces,
        }

    def _traces(self, _: Published, ask: Ask) -> TracesAnswer:
        find, service = ask.text("find"), ask.text("service")
        return traces(self._of.sources, service, find, call_id=ask.number("call", 0))

    async def _ask_loop(self, published: Published, window: Window) -> LoopAnswer:
        """Answer with no more of the stalls than the page shows."""
        answer = await loop(self._of.sources, published, window)
        kept = (
            replace(one, stalls=tuple(replace(stall, stack="") for stall in one.stalls[:TIMES]))
            for one in answer.culprits[:CULPRITS]
        )
        return replace(answer, culprits=tuple(kept))

    async def _ask_gateway(self, published: Published, window: Window) -> GatewayAnswer:
        with contextlib.suppress(NoAnswerError):  # then what was known before is shown
            await self._of.bot.ask(self._of.gateway.vitals.session_starts)
        return await gateway(self._of.sources, self._of.gateway, published, window)

    async def _ask_tasks(self, published: Published, asked: TaskPage) -> TasksAnswer:
        of, (find, page) = self._of, asked
        loops = of.loops()

        async def read() -> TasksAnswer:
            return await tasks(of.watch, await loops.rows(), of.files, find, page, GROUPS)

        try:
            return await of.bot.ask(read)
        except NoAnswerError as error:
            return TasksAnswer((), 1, 1, 0, 0, 0, (), MISSING.format(error))

    async def _ask_group(self, _: Published, found: str) -> Read[GroupAnswer]:
        of = self._of
        try:
            return Read(await of.bot.ask(lambda: group(of.watch, of.files, found)))
        except NoAnswerError as error:
            return Read(None, MISSING.format(error))
