"""The sender's loop: it drains at once, wakes when called, and survives whatever breaks."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cogs.debug.delivery.hidden_nonce import ONE, ZERO
from cogs.debug.delivery.message_builder import MessageBuilder, Outgoing
from cogs.debug.features.alerts.incident_card import trial_alert
from cogs.debug.ui.chart_attachment import ChartAttachments
from cogs.debug.ui.reply import Reply
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.charting.picture_spec import Picture
from services.debugcog.outbox.channels import Channels
from services.debugcog.outbox.outcomes import Outcome, Result
from services.debugcog.outbox.ports import Transport
from services.debugcog.outbox.posts import SCHEMA, Post, enqueue
from services.debugcog.outbox.records import Backlog, Condition, Receipt
from services.debugcog.outbox.sender import Sender
from services.debugcog.state.database import Database

ADMIN = 5
TEST_OF_ADA = "🔔 Test alert: alerts reach this channel"


class Recorder(Transport[Outgoing]):
    """Takes everything, unless it is told to break."""

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.edited: list[tuple[int, list[str]]] = []
        self.files: list[str] = []
        self.error: Exception | None = None
        self.outcome = Outcome.SENT
        self.closed = False

    async def post(
        self, channel_id: int, message: Outgoing, nonce: str, answers: int | None
    ) -> Result:
        if self.error:
            raise self.error
        if self.outcome is not Outcome.SENT:
            return Result(self.outcome)
        self.posted.append(message.content or str(message.embeds[0].description))
        self.files = [file.name for file in message.files]
        return Result(self.outcome, message_id=len(self.posted))

    async def edit(self, channel_id: int, message_id: int, message: Outgoing) -> Result:
        self.edited.append((message_id, [file.name for file in message.files]))
        return Result(self.outcome)

    async def recent(self, channel_id: int) -> dict[int, str] | Result:
        raise NotImplementedError

    async def open_post(self, forum_id: int, message: Outgoing) -> Result:
        raise NotImplementedError

    async def recent_posts(self, forum_id: int) -> dict[int, str] | Result:
        raise NotImplementedError

    async def close(self) -> None:
        self.closed = True


class Rig:
    """A delivery on a real database file."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, (SCHEMA,))
        self.database.open()
        self.transport = Recorder()
        self.render: Callable[[str, str], Reply] = trial_alert
        self.drawn = asyncio.Event()
        self.drawings = 0
        self.restart()

    def restart(self) -> None:
        """Make the next process's sender."""
        pictures = ChartAttachments(self._draw, seconds=0.01)
        self.sender = Sender(
            self.database,
            self.transport,
            MessageBuilder({"test": self._render}, pictures, str, None),
            Channels(ADMIN),
            clock=time.time,
            jitter=random.Random(1),
        )

    def _render(self, kind: str, body: str) -> Reply:
        return self.render(kind, body)

    async def _draw(self, spec: Picture) -> bytes:
        self.drawings += 1
        await self.drawn.wait()
        return b"png"

    def put(self, by: str) -> None:
        post = Post(f"test:{by}", "open", False, f"Test of {by}", json.dumps({"by": by}))
        self.database.submit(lambda connection: enqueue(connection, post, time.time())).result()

    def states(self) -> list[str]:
        def read(connection: sqlite3.Connection) -> list[str]:
            return [row[0] for row in connection.execute("SELECT state FROM outbox ORDER BY id")]

        return self.database.submit(read).result()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - there is no event for a row of a table
                await asyncio.sleep(0.005)


def with_a_chart(kind: str, body: str) -> Reply:
    spec = ChartSpec("Memory", "MB", (), (), (), 0.0, 3600.0)
    return replace(trial_alert(kind, body), chart=spec)


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setattr("services.debugcog.outbox.sender.backoff", lambda *_: 0.01)
    rig = Rig(tmp_path / "state.sqlite3")
    yield rig
    await rig.sender.close()
    rig.database.close()


async def test_what_waits_is_sent_at_the_start(rig: Rig) -> None:
    rig.put("ada")
    rig.put("mia")
    rig.sender.start()
    await rig.until(lambda: len(rig.transport.posted) == 2)
    assert rig.transport.posted == [
        TEST_OF_ADA,
        TEST_OF_ADA,
    ]
    await rig.until(lambda: rig.states() == ["sent", "sent"])


async def test_a_call_from_another_thread_wakes_it(rig: Rig) -> None:
    rig.sender.start()
    await asyncio.sleep(0)

    def work() -> None:
        rig.put("ada")
        rig.sender.wake()

    thread = threading.Thread(target=work)
    thread.start()
    started = time.monotonic()
    await rig.until(lambda: bool(rig.transport.posted))
    assert time.monotonic() - started < 4, "it did not wait for its poll"
    thread.join()


async def test_a_call_in_the_moment_of_the_end_does_not_keep_it_alive(rig: Rig) -> None:
    rig.put("ada")
    rig.sender.start()
    await rig.until(lambda: rig.states() == ["sent"])
    await rig.until(lambda: bool(rig.sender._called._waiters))  # it waits for a call
    rig.sender.wake()
    await asyncio.sleep(0)
    started = time.monotonic()
    await rig.sender.close()
    assert time.monotonic() - started < 0.9, "one cancellation was enough"


async def test_a_call_before_the_start_or_after_the_end_does_nothing(rig: Rig) -> None:
    rig.sender.wake()
    rig.sender.start()
    await rig.sender.close()
    rig.sender.wake()
    assert rig.transport.closed


async def test_what_was_being_sent_when_the_process_ended_is_sent_again(rig: Rig) -> None:
    rig.put("ada")
    rig.database.submit(
        lambda connection: connection.execute(
            "UPDATE outbox SET state = 'sending', lease = ?", (time.time() + 60,)
        )
    ).result()
    rig.sender.start()
    await rig.until(lambda: rig.states() == ["sent"])


async def test_a_transport_that_raises_is_counted_and_the_loop_goes_on(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.outbox.dispatch.LEASE", 0.0)
    rig.put("ada")
    rig.transport.error = RuntimeError("not even a result")
    rig.sender.start()
    await rig.until(lambda: rig.sender.faults >= 2)
    rig.transport.error = None
    await rig.until(lambda: bool(rig.transport.posted))


async def test_a_database_that_raises_is_counted_and_the_loop_goes_on(rig: Rig) -> None:
    rig.database.submit(lambda connection: connection.execute("ALTER TABLE outbox RENAME TO o"))
    rig.sender.start()
    await rig.until(lambda: rig.sender.faults >= 2)
    rig.database.submit(lambda connection: connection.execute("ALTER TABLE o RENAME TO outbox"))
    rig.put("ada")
    await rig.until(lambda: bool(rig.transport.posted))


async def test_a_renderer_that_raises_costs_the_form_and_not_the_alert(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(kind: str, body: str) -> Reply:
        raise ValueError("a bug in a renderer")

    rig.render = broken
    rig.put("ada")
    rig.sender.start()
    await rig.until(lambda: rig.states() == ["sent"])
    (posted,) = rig.transport.posted
    assert posted.replace(ZERO, "").replace(ONE, "") == "Test of ada"
    assert "Alert not rendered: Test of ada" in caplog.text


async def test_a_picture_that_comes_after_its_message_is_added_to_it(rig: Rig) -> None:
    rig.render = with_a_chart
    rig.put("ada")
    rig.sender.start()
    await rig.until(lambda: rig.drawings == 2)
    assert (rig.transport.posted, rig.transport.files) == ([TEST_OF_ADA], [])
    rig.put("mia")
    await rig.until(lambda: len(rig.transport.posted) == 2)  # nobody else waits for it
    rig.drawn.set()
    await rig.until(lambda: rig.states() == ["sent"] * 4)
    assert sorted(rig.transport.edited) == [(1, ["chart.png"]), (2, ["chart.png"])]
    assert len(rig.transport.posted) == 2


async def test_a_picture_is_added_by_the_next_process(rig: Rig) -> None:
    rig.render = with_a_chart
    rig.put("ada")
    rig.sender.start()
    await rig.until(lambda: rig.states() == ["sent", "queued"])
    await rig.sender.close()
    rig.drawn.set()
    rig.restart()
    rig.sender.start()
    await rig.until(lambda: rig.states() == ["sent", "sent"])
    assert rig.transport.edited == [(1, ["chart.png"])]


async def test_a_post_whose_first_attempt_may_have_been_taken_without_a_picture_gets_it(
    rig: Rig,
) -> None:
    rig.render = with_a_chart
    rig.transport.outcome = Outcome.UNSURE
    rig.put("ada")
    rig.sender.start()
    await rig.until(lambda: rig.sender.outcomes[Outcome.UNSURE] == 1)
    rig.drawn.set()
    rig.transport.outcome = Outcome.SENT
    await rig.until(lambda: rig.states() == ["sent", "sent"])
    assert rig.transport.edited == [(1, ["chart.png"])]


async def test_a_picture_that_is_late_for_good_ends_with_the_sender(rig: Rig) -> None:
    before = asyncio.all_tasks()
    rig.render = with_a_chart
    rig.put("ada")
    rig.sender.start()
    await rig.until(lambda: rig.drawings == 2)
    await rig.sender.close()
    assert asyncio.all_tasks() == before


async def test_what_no_form_gets_through_is_in_the_local_log(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.transport.outcome = Outcome.REFUSED
    rig.put("ada")
    rig.sender.start()
    await rig.until(lambda: "Alert refused by Discord: Test of ada ()" in caplog.messages)
    assert rig.states() == ["dead"]
    assert rig.sender.outcomes[Outcome.REFUSED] == 4


async def test_trouble_of_the_sender_is_logged_where_errors_are_not_captured_from(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rig.transport.outcome = Outcome.UNSURE
    rig.put("ada")
    rig.sender.start()
    await rig.until(lambda: rig.sender.outcomes[Outcome.UNSURE] > 3)
    ours = [record for record in caplog.records if "not sent" in record.getMessage()]
    assert [record.name for record in ours] == ["debugcog.delivery"], "once, not at each attempt"


async def test_who_follows_a_post_is_told_when_it_was_sent(rig: Rig) -> None:
    rig.sender.start()
    rig.put("ada")
    rig.sender.wake()
    receipt = await rig.sender.follow("test:ada", 10.0)
    assert receipt == Receipt("sent", "sent", ADMIN, 1)
    condition = await rig.sender.condition()
    assert condition == Condition(ADMIN, ADMIN, None, 0.0, Outcome.SENT, Backlog())


async def test_who_follows_a_post_that_is_refused_is_told_why_at_once(rig: Rig) -> None:
    rig.transport.outcome = Outcome.FORBIDDEN
    rig.sender.start()
    rig.put("ada")
    rig.sender.wake()
    receipt = await rig.sender.follow("test:ada", 60.0)
    assert receipt == Receipt("queued", "access or a permission is missing")
    condition = await rig.sender.condition()
    assert (condition.target, condition.last) == (None, Outcome.FORBIDDEN)
    assert condition.refusal is Outcome.FORBIDDEN
    assert condition.reopens is not None
    assert condition.backlog.waiting == 1
    assert condition.backlog.reason == "access or a permission is missing"


async def test_who_follows_a_post_that_nobody_sends_is_not_kept_for_ever(rig: Rig) -> None:
    rig.put("ada")
    assert await rig.sender.follow("test:ada", 0.05) == Receipt("queued")
    assert await rig.sender.follow("test:bob", 0.05) is None


async def test_what_was_given_up_is_counted_for_a_day(rig: Rig) -> None:
    rig.transport.outcome = Outcome.REFUSED
    rig.sender.start()
    rig.put("ada")
    rig.sender.wake()
    receipt = await rig.sender.follow("test:ada", 10.0)
    assert receipt == Receipt("dead", "payload refused")
    backlog = (await rig.sender.condition()).backlog
    assert backlog == Backlog(dead=1, dead_reason="payload refused")


async def test_what_is_in_the_way_is_told_from_its_first_answer_to_the_last(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.transport.outcome = Outcome.FOREIGN
    rig.put("ada")
    rig.sender.start()
    await rig.until(lambda: rig.sender.outcomes[Outcome.FOREIGN] > 2)
    condition = await rig.sender.condition()
    assert condition.failing
    assert condition.failing.detail == "something between us and Discord answers"
    assert condition.failing.since <= time.time()
    assert (condition.backlog.waiting, condition.backlog.dead) == (1, 0)
    rig.transport.outcome = Outcome.SENT
    await rig.until(lambda: rig.states() == ["sent"])
    assert (await rig.sender.condition()).failing is None
    told = [one.getMessage() for one in caplog.records if one.name == "debugcog.delivery"]
    assert told[0] == (
        "Alert not sent yet, it is tried again: Test of ada, "
        "something between us and Discord answers ()"
    )
    assert told[1].startswith("Alert sent at attempt ")
    assert len(told) == 2


async def test_what_the_cap_holds_is_told_with_the_time_of_the_next_post(rig: Rig) -> None:
    before = time.time()
    rig.sender.start()
    for number in range(11):
        rig.put(str(number))
    await rig.until(lambda: rig.states() == ["sent"] * 10 + ["queued"])
    backlog = (await rig.sender.condition()).backlog
    assert 595 < backlog.capped_until - before < 700
    assert (backlog.waiting, backlog.held_until) == (1, 0.0)


async def test_a_pause_that_discord_asked_for_is_told_after_a_restart_too(rig: Rig) -> None:
    rig.put("ada")
    now = time.time()
    rig.database.submit(
        lambda connection: connection.execute(
            "INSERT INTO pauses VALUES ('all', ?, ?)", (now - 1, now + 1300)
        )
    ).result()
    condition = await rig.sender.condition()
    assert condition.backlog.held_until == now + 1300
    assert condition.next_try == pytest.approx(now + 1300, abs=5)
