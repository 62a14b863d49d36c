"""A provider is asked on its own loop; whatever it does costs an answer, never the loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from typing import Any, cast

import pytest

from services.debugcog.users.calls import RUNNING_MAX, ProviderCalls, ProviderError
from services.debugcog.users.provider import UserProvider

ANSWER = object()
IMPATIENT, PATIENT = 0.2, 60.0
PROVIDER = cast("UserProvider", object())


class BotLoop:
    """A loop of a bot on a thread of its own; it notes an exception that reaches it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.ended: Future[BaseException | None] = Future()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def run(self, work: Callable[[], Any]) -> Any:
        async def call() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(10)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def _run(self) -> None:
        try:
            self.loop.run_forever()
        except BaseException as error:  # noqa: BLE001 - what would end a bot
            self.ended.set_result(error)
        else:
            self.ended.set_result(None)


@pytest.fixture
def bot() -> Iterator[BotLoop]:
    bot = BotLoop()
    bot.start()
    yield bot
    bot.close()


def calls_of(bot: BotLoop, seconds: float) -> ProviderCalls:
    calls = ProviderCalls(PROVIDER, lambda text: text.replace("hunter2", "[redacted]"), seconds)
    bot.run(calls.start)
    return calls


@pytest.fixture
def calls(bot: BotLoop) -> ProviderCalls:
    return calls_of(bot, PATIENT)


@pytest.fixture
def impatient(bot: BotLoop) -> ProviderCalls:
    return calls_of(bot, IMPATIENT)


async def failure(calls: ProviderCalls, ask: Callable[[UserProvider], Any]) -> str:
    with pytest.raises(ProviderError) as caught:
        await calls.ask("profiles", ask)
    return str(caught.value)


async def test_it_answers_on_the_loop_of_the_bot(calls: ProviderCalls, bot: BotLoop) -> None:
    async def profiles(provider: UserProvider) -> object:
        assert provider is PROVIDER
        return asyncio.get_running_loop()

    assert await calls.ask("profiles", profiles) is bot.loop


async def test_a_slow_answer_is_not_awaited_and_is_cancelled(impatient: ProviderCalls) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def slow(provider: UserProvider) -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    text = "The user provider failed: profiles() has not answered in 0.2 s."
    assert await failure(impatient, slow) == text
    assert not begun.is_set() or await asyncio.to_thread(cancelled.wait, 10)


async def test_a_provider_that_ignores_its_cancellation_is_asked_only_so_often(
    impatient: ProviderCalls, bot: BotLoop
) -> None:
    release, begun = asyncio.Event(), []

    async def stubborn(provider: UserProvider) -> None:
        begun.append(provider)
        while not release.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await release.wait()

    late = "The user provider failed: profiles() has not answered in 0.2 s."
    while (told := await failure(impatient, stubborn)) == late:
        pass
    assert told == "The user provider failed: it has not ended 8 earlier calls."
    assert len(begun) == RUNNING_MAX
    bot.run(release.set)
    async with asyncio.timeout(60):
        while impatient._running:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)


async def test_a_loop_that_is_blocked_costs_the_answer_alone(
    impatient: ProviderCalls, bot: BotLoop
) -> None:
    release = threading.Event()
    bot.loop.call_soon_threadsafe(release.wait, 60)

    async def good(provider: UserProvider) -> object:
        return ANSWER

    assert await failure(impatient, good) == (
        "The user provider failed: profiles() has not answered in 0.2 s."
    )
    release.set()
    assert bot.run(lambda: ANSWER) is ANSWER


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no hunter2"), "ValueError: no [redacted]"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (SystemExit(3), "SystemExit: 3"),
        (GeneratorExit(), "GeneratorExit"),
        (asyncio.CancelledError(), "asyncio.exceptions.CancelledError"),
        (TimeoutError(), "TimeoutError"),
        (RecursionError("deep"), "RecursionError: deep"),
    ],
)
async def test_whatever_it_raises_is_told_and_the_loop_goes_on(
    calls: ProviderCalls, bot: BotLoop, error: BaseException, text: str
) -> None:
    async def raising(provider: UserProvider) -> None:
        raise error

    async def raising_later(provider: UserProvider) -> None:
        await asyncio.sleep(0)
        raise error

    def raising_at_once(provider: UserProvider) -> Awaitable[object]:
        raise error

    for ask in (raising, raising_later, raising_at_once):
        told = await failure(calls, ask)
        assert told == f"The user provider failed: profiles() raised {text}."
    assert bot.run(lambda: ANSWER) is ANSWER
    assert not bot.ended.done()


async def test_a_method_that_is_no_coroutine_function_is_told(calls: ProviderCalls) -> None:
    assert await failure(calls, lambda provider: []) == (
        "The user provider failed: profiles() raised TypeError: "
        "profiles() is no coroutine function: write `async def profiles`."
    )


async def test_the_same_failure_is_logged_once(
    calls: ProviderCalls, caplog: pytest.LogCaptureFixture
) -> None:
    async def raising(provider: UserProvider) -> None:
        raise ValueError("no")

    with caplog.at_level(logging.WARNING, "debugcog.users"):
        for _ in range(3):
            await failure(calls, raising)
    assert [record.getMessage() for record in caplog.records] == [
        "The user provider failed: profiles() raised ValueError: no"
    ]
    assert caplog.records[0].exc_info is not None


async def test_nobody_is_asked_before_the_start_after_the_stop_and_on_a_closed_loop() -> None:
    stopping = "The user provider is not asked: the bot is stopping."
    calls = ProviderCalls(PROVIDER, str)

    async def good(provider: UserProvider) -> object:
        return ANSWER

    assert await failure(calls, good) == stopping
    bot = BotLoop()
    bot.start()
    bot.run(calls.start)
    assert await calls.ask("profiles", good) is ANSWER
    calls.stop()
    assert await failure(calls, good) == stopping
    bot.run(calls.start)
    bot.close()
    assert await failure(calls, good) == stopping


async def test_a_reader_that_goes_away_cancels_the_question(calls: ProviderCalls) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def slow(provider: UserProvider) -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            cancelled.set()

    reader = asyncio.create_task(calls.ask("profiles", slow))
    assert await asyncio.to_thread(begun.wait, 10)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert await asyncio.to_thread(cancelled.wait, 10)


async def test_it_may_be_asked_on_the_bots_own_loop() -> None:
    calls = ProviderCalls(PROVIDER, str)
    calls.start()

    async def good(provider: UserProvider) -> object:
        return ANSWER

    assert await calls.ask("profiles", good) is ANSWER
