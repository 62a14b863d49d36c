"""What Discord refuses of one message, or of one right, keeps no alert back that it would take."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from debugcog import Rule, rule
from discord_sandbox import Channel, Permission
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.world import changes
from discord_sandbox.world.channels import Kind
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

host_log = logging.getLogger("host")


class Queues(Host):
    """A host with two rules, whose values the test sets."""

    def __init__(self) -> None:
        super().__init__()
        self.first = self.second = 1.0
        self.alert_rules: list[Rule] = [
            rule("first", lambda _: self.first, warning=5, critical=20, for_seconds=1, keep=1),
            rule("second", lambda _: self.second, warning=5, critical=20, for_seconds=1, keep=1),
        ]


@pytest.fixture
async def queues(home: Home, environment: pytest.MonkeyPatch) -> AsyncIterator[Queues]:
    async with running(Queues(), home.sandbox) as bot:
        await registered()
        yield bot


Says = Callable[[str], Awaitable[object]]


def says_in(channel: Channel) -> Says:
    return lambda text: channel.wait_for(lambda message: text in message.text)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - there is no event for a channel that is opened
            await asyncio.sleep(0.01)


def refuses(home: Home, channel: Channel, method: str, path: str, code: int) -> None:
    body = f'{{"message": "said by Discord", "code": {code}}}'
    path = f"/channels/{channel.id}/{path}"
    fault = Fault(Trouble.PROXY, method, path, times=0, status=403, body=body)
    home.sandbox.faults.add(fault)


async def test_an_escalation_goes_out_where_the_bot_may_not_answer_its_own_card(
    home: Home, queues: Queues
) -> None:
    home.sandbox.faults.revoke(home.alerts, Permission.READ_MESSAGE_HISTORY)
    queues.first = 9.0
    await says_in(home.alerts)("First 9 (limit 5)")
    queues.first = 30.0
    await says_in(home.alerts)("Now critical: First 30 (limit 20)")
    queues.first = 1.0
    await says_in(home.alerts)("Resolved: First")


async def test_an_error_is_reported_without_its_file_where_the_bot_may_not_attach_one(
    home: Home, queues: Queues
) -> None:
    home.sandbox.faults.revoke(home.alerts, Permission.ATTACH_FILES)
    try:
        raise ValueError("no model")
    except ValueError:
        host_log.exception("Failed")
    report = await home.alerts.wait_for(lambda message: "no model" in message.text)
    assert report.attachments == []
    queues.first = 30.0
    await says_in(home.alerts)("First 30 (limit 20)")


async def test_an_alert_is_a_text_where_the_bot_may_not_embed(home: Home, queues: Queues) -> None:
    home.sandbox.faults.revoke(home.alerts, Permission.EMBED_LINKS)
    queues.first = 30.0
    alert = await home.alerts.wait_for(lambda message: "First 30 (limit 20)" in message.text)
    assert alert.embeds == []


async def test_with_the_permission_back_what_waited_is_posted_in_full(
    home: Home, queues: Queues
) -> None:
    home.sandbox.faults.revoke(home.alerts, Permission.SEND_MESSAGES)
    queues.first = 30.0
    sender = queues.cog.runtime.alerting.sender
    assert sender is not None
    while (await sender.condition()).target is not None:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.01)
    home.sandbox.faults.revoke(home.alerts, Permission.SEND_MESSAGES, give=True)
    sender.probe()
    alert = await home.alerts.wait_for(lambda message: "First 30 (limit 20)" in message.text)
    assert len(alert.embeds) == 1


@pytest.mark.parametrize("locked", [False, True])
async def test_a_card_in_an_archived_thread_holds_up_no_alert(
    home: Home, environment: pytest.MonkeyPatch, locked: bool
) -> None:
    thread = changes.open_thread(
        home.sandbox.world, home.alerts, "alerts", home.sandbox.world.bot, Kind.PUBLIC_THREAD, None
    )
    assert thread.thread is not None
    environment.setenv("ALERT_CHANNEL_ID", str(thread.id))
    environment.setenv("ALERT_FALLBACK_CHANNEL_ID", str(home.channel.id))
    async with running(Queues(), home.sandbox) as bot:
        await registered()
        bot.first = 9.0
        await says_in(thread)("First 9 (limit 5)")
        thread.thread.archived, thread.thread.locked = True, locked
        bot.first = 1.0
        used = home.channel if locked else thread
        await says_in(used)("Resolved: First")
        bot.second = 30.0
        await says_in(used)("Second 30 (limit 20)")
    assert thread.thread.archived is locked


async def test_changes_that_are_refused_hold_up_no_alert(home: Home, queues: Queues) -> None:
    queues.first = 9.0
    await says_in(home.alerts)("First 9 (limit 5)")
    refuses(home, home.alerts, "PATCH", "messages/*", 50013)
    queues.first = 1.0
    await says_in(home.alerts)("Resolved: First")
    queues.second = 30.0
    await says_in(home.alerts)("Second 30 (limit 20)")


@pytest.mark.parametrize("seconds", [25.0, 600.0])
async def test_a_limit_of_edits_holds_up_edits_alone(
    home: Home, queues: Queues, seconds: float
) -> None:
    queues.first = 9.0
    await says_in(home.alerts)("First 9 (limit 5)")
    edits = f"/channels/{home.alerts.id}/messages/*"
    limit = Fault(Trouble.RATE_LIMIT, "PATCH", edits, times=1, seconds=seconds)
    home.sandbox.faults.add(limit)
    queues.first = 1.0
    await until(lambda: not home.sandbox.faults.pending)
    queues.second = 30.0
    await says_in(home.alerts)("Second 30 (limit 20)")


async def test_a_card_of_another_bot_is_left_and_posted_anew(home: Home, queues: Queues) -> None:
    queues.first = 9.0
    await says_in(home.alerts)("First 9 (limit 5)")
    old = home.sandbox.add_user("old bot", bot=True)
    for message in home.alerts.messages:
        message.author = old
    queues.first = 1.0
    await says_in(home.alerts)("Resolved: First")
    queues.second = 30.0
    await says_in(home.alerts)("Second 30 (limit 20)")


@pytest.mark.parametrize("code", [50109, 200000, 240000])
async def test_a_message_that_is_refused_in_every_form_goes_to_the_other_channel_alone(
    home: Home, environment: pytest.MonkeyPatch, code: int
) -> None:
    environment.setenv("ALERT_FALLBACK_CHANNEL_ID", str(home.channel.id))
    async with running(Queues(), home.sandbox) as bot:
        await registered()
        refuses(home, home.alerts, "POST", "messages", code)
        bot.first = 30.0
        await says_in(home.channel)("First 30 (limit 20)")
        home.sandbox.faults.clear()
        bot.second = 30.0
        await says_in(home.alerts)("Second 30 (limit 20)")


@pytest.mark.parametrize("code", [160006, 200001])
async def test_an_error_that_the_forum_has_no_room_for_is_in_the_alert_channel(
    home: Home, environment: pytest.MonkeyPatch, code: int
) -> None:
    forum = home.guild.add_forum("errors", ["new", "regressed", "muted", "resolved"])
    environment.setenv("ERROR_FORUM_ID", str(forum.id))
    async with running(Host(), home.sandbox):
        await registered()
        refuses(home, forum, "POST", "threads", code)
        host_log.error("Lost the model")
        await says_in(home.alerts)("Lost the model")
        home.sandbox.faults.clear()
        host_log.error("Lost the voice")
        world = home.sandbox.world

        def is_in_forum() -> bool:
            posts = [one for one in world.channels.values() if one.parent is forum]
            return any("Lost the voice" in post.name for post in posts)

        await until(is_in_forum)
