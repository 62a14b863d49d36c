"""Question from any thread → what the provider answers on the bot's loop, before a deadline.

The provider is code of the host's: it may be slow, raise anything, or block the loop. A question
that takes too long is cancelled there, and who asked does not wait for its end.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import partial

from services.debugcog.exceptions import brief, loggable
from services.debugcog.frozen import frozen
from services.debugcog.guard import attempt, own_logger
from services.debugcog.logfile.text import Redact
from services.debugcog.threads import in_thread
from services.debugcog.ticker import is_ours
from services.debugcog.users.provider import UserProvider

log = own_logger("debugcog.users")

SECONDS = 2.0
RUNNING_MAX = 8
"""Questions that a provider may have open, those among them that ignore their cancellation."""
LOGGED_MAX = 50
"""Failures that are told in the log, each once."""

Ask = Callable[[UserProvider], Awaitable[object]]


class ProviderError(Exception):
    """There is no answer; the text is a sentence for who asked."""


@frozen
class Outcome:
    """What became of a question: a value, or what was raised."""

    value: object = None
    error: BaseException | None = None


class ProviderCalls:
    """Asks a provider, wherever its reader is.

    Args:
        provider: the host's.
        redact: takes the secrets out of the text of what it raises.
        seconds: after which there is no answer.
    """

    def __init__(self, provider: UserProvider, redact: Redact, seconds: float = SECONDS) -> None:
        self._provider = provider
        self._redact = redact
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running = 0
        self._logged: set[str] = set()

    def start(self) -> None:
        """Ask on the loop that runs now."""
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        """Ask no more: the bot unloads the cog."""
        self._loop = None

    async def ask(self, method: str, ask: Ask) -> object:
        """Return what a method of the provider answers; await it on any loop.

        Args:
            method: its name, for what is said when it fails.
            ask: calls it.

        Raises:
            ProviderError: it did not answer, and why.
        """
        outcome = await self._outcome(method, ask)
        if outcome.error is not None:
            text = await in_thread(partial(brief, outcome.error))
            raise self._failed(f"{method}() raised {self._redact(text)}", outcome.error)
        return outcome.value

    async def _outcome(self, method: str, ask: Ask) -> Outcome:
        loop = self._loop
        if loop is None or loop.is_closed():
            raise ProviderError("The user provider is not asked: the bot is stopping.")
        if self._running >= RUNNING_MAX:
            raise self._failed(f"it has not ended {RUNNING_MAX} earlier calls")
        call = self._call(method, ask)
        try:
            future = asyncio.run_coroutine_threadsafe(call, loop)
        except RuntimeError:  # closed in this moment
            call.close()
            raise ProviderError("The user provider is not asked: the bot is stopping.") from None
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            future.cancel()
            raise self._failed(f"{method}() has not answered in {self._seconds:g} s") from None
        except asyncio.CancelledError as error:
            future.cancel()
            if is_ours(error):
                raise
            raise ProviderError("The user provider was cancelled: the bot is stopping.") from None

    async def _call(self, method: str, ask: Ask) -> Outcome:
        """Await the host's code on its own loop, and let nothing that it raises get there."""
        self._running += 1
        try:
            answer = ask(self._provider)
            if not inspect.isawaitable(answer):
                raise TypeError(f"{method}() is no coroutine function: write `async def {method}`")
            return Outcome(await answer)
        except BaseException as error:
            if not isinstance(error, GeneratorExit) and is_ours(error):
                raise
            return Outcome(error=error)
        finally:
            self._running -= 1

    def _failed(self, what: str, error: BaseException | None = None) -> ProviderError:
        """Make the sentence, and log it the first time."""
        text = f"The user provider failed: {what}"
        if text not in self._logged and len(self._logged) < LOGGED_MAX:
            self._logged.add(text)
            shown = loggable(error) if error is not None else None
            attempt(lambda: log.warning("%s", text, exc_info=shown), None)
        return ProviderError(f"{text}.")
