"""Undo: what a button has done is undone from its one-line answer, until it is too late."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from discord_sandbox import Member, Message
from discord_sandbox.people.runs import Run
from services.debugcog.alerting.rules import Severity
from tests.discord_bot import running
from tests.e2e.conftest import Home, registered
from tests.e2e.test_alerts import CRITICAL, Queue, ask, fired, labels


@pytest.fixture
async def queue(home: Home) -> AsyncIterator[Queue]:
    async with running(Queue(), home.sandbox) as bot:
        await registered()
        yield bot


async def click(home: Home, who: Member, message: Message | None, label: str, says: str) -> Run:
    run = await home.sandbox.click(who, message, label)
    return await run.wait(lambda run: run.message and says in run.message.text)


async def test_an_acknowledgement_is_undone_by_whoever_may_use_debug_and_only_once(
    home: Home, queue: Queue
) -> None:
    card = await fired(home, queue)
    acked = await click(home, home.moderator, card, "Acknowledge", "Acknowledged: incident #1")
    assert acked.message
    assert acked.message.content == (
        "Acknowledged: incident #1 (Queue). It is not repeated unless it gets worse."
    )
    assert (acked.message.embeds, labels(acked.message)) == ([], ["Undo", "Details"])
    await home.alerts.wait_for(lambda it: f"by {home.moderator.mention}" in it.text)
    stale = list(acked.message.components)
    await queue.reload_extension("cogs.debug")
    undone = "Undone: incident #1 (Queue) is not acknowledged."
    await click(home, home.moderator, acked.message, "Undo", undone)
    await home.alerts.wait_for(lambda it: home.moderator.mention not in it.text)
    acked.message.components = stale
    late = "Too late to undo: the acknowledgement of #1 is over, or was changed since."
    await click(home, home.moderator, acked.message, "Undo", late)


async def test_undo_of_a_second_acknowledgement_goes_back_to_the_first(
    home: Home, queue: Queue
) -> None:
    card = await fired(home, queue)
    await click(home, home.moderator, card, "Acknowledge", "Acknowledged: ")
    queue.length = CRITICAL
    await home.alerts.wait_for(lambda it: "Now critical: Queue" in it.text)
    acked = await click(home, home.owner, home.alerts.messages[-1], "Acknowledge", "Acknowledged")
    still = f"is still acknowledged by {home.moderator.mention} as warning."
    await click(home, home.owner, acked.message, "Undo", still)
    (incident,) = queue.cog.runtime.alerting.service.open
    assert (incident.acked, incident.acked_by) == (Severity.WARNING, home.moderator.mention)


async def test_undo_of_a_silence_puts_back_the_one_before(home: Home, queue: Queue) -> None:
    card = await fired(home, queue)
    service = queue.cog.runtime.alerting.service
    first = await home.sandbox.choose(home.owner, card, "Silence for …", ["Silence for 8 h"])
    await first.wait(lambda run: run.message and "Silenced: Queue" in run.message.text)
    (before,) = service.silences
    opened = await click(home, home.owner, first.message, "Details", "Incident #1")
    rule = await click(home, home.owner, opened.message, "Open rule", "Rule queue")
    longer = "Warnings and critical for 24 h"
    second = await home.sandbox.choose(home.owner, rule.message, "Silence …", [longer])
    await second.wait(lambda run: run.message and "and critical, until" in run.message.text)
    await click(home, home.owner, second.message, "Undo", "Undone: Queue is silenced for warnings")
    (after,) = service.silences
    assert (after.severity, after.by) == (Severity.WARNING, before.by)
    assert after.shown_until == pytest.approx(before.shown_until, abs=1)


async def test_a_silence_that_an_undo_has_put_back_can_be_undone_itself(
    home: Home, queue: Queue
) -> None:
    card = await fired(home, queue)
    first = await home.sandbox.choose(home.moderator, card, "Silence for …", ["Silence for 1 h"])
    await first.wait(lambda run: run.message and "Silenced: Queue" in run.message.text)
    rule = await ask(home, "queue")
    longer = "Warnings and critical for 24 h"
    second = await home.sandbox.choose(home.owner, rule.message, "Silence …", [longer])
    await second.wait(lambda run: run.message and "and critical, until" in run.message.text)
    await click(home, home.owner, second.message, "Undo", "Undone: Queue is silenced for warnings")
    await click(home, home.moderator, first.message, "Undo", "Undone: Queue is not silenced.")
    assert queue.cog.runtime.alerting.service.silences == ()


async def test_undo_of_the_only_silence_ends_it_and_is_too_late_after_another(
    home: Home, queue: Queue
) -> None:
    card = await fired(home, queue)
    stale = list(card.components)
    run = await home.sandbox.choose(home.owner, card, "Silence for …", ["Silence for 1 h"])
    await run.wait(lambda run: run.message and "Silenced: Queue" in run.message.text)
    assert run.message
    undo = list(run.message.components)
    await click(home, home.owner, run.message, "Undo", "Undone: Queue is not silenced.")
    assert queue.cog.runtime.alerting.service.silences == ()
    card.components = stale
    await home.sandbox.choose(home.owner, card, "Silence for …", ["Silence for 8 h"])
    await home.alerts.wait_for(lambda it: "Silenced\nuntil" in it.text)
    run.message.components = undo
    await click(home, home.owner, run.message, "Undo", "Too late to undo: the silence is over")
    assert len(queue.cog.runtime.alerting.service.silences) == 1


async def test_the_old_silence_buttons_of_posted_cards_still_answer(
    home: Home, queue: Queue
) -> None:
    card = await fired(home, queue)
    button = card.components[0]["components"][0]
    button["custom_id"] = "debugcog:alert.silence:1.3600"
    await click(home, home.owner, card, "Acknowledge", "Silenced: Queue, warnings, until <t:")
