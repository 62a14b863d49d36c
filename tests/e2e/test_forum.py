"""Error groups in a forum: a post a group, with tags, and what happens to it inside."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from discord_sandbox import Channel, Message, Overwrite, Permission, Sandbox
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.world import changes, posting
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

host_log = logging.getLogger("host")
BACK = "🔴 Back after it was resolved: ERROR host: Lost the model · e2e/test_forum.py:48 · 2 times"
TIME = re.compile(r"<t:\d+:R>")
TAGS = ["new", "regressed", "muted", "resolved"]


@dataclass
class Desk:
    """A host whose error groups go to a forum."""

    home: Home
    host: Host
    forum: Channel

    @property
    def sandbox(self) -> Sandbox:
        return self.home.sandbox

    @property
    def posts(self) -> list[Channel]:
        found = self.sandbox.world.channels.values()
        return [each for each in found if each.parent is self.forum]

    async def post(self, number: int = 0) -> Channel:
        await until(lambda: len(self.posts) > number and self.posts[number].messages)
        return self.posts[number]

    async def fail(self, text: str = "Lost the model") -> Channel:
        """Log an error; return its group's post."""
        host_log.error(text)
        await until(lambda: any(text in each.messages[0].text for each in self.posts if each.log))
        return next(each for each in self.posts if text in each.messages[0].text)

    async def press(self, message: Message, label: str) -> Message:
        run = await self.sandbox.click(self.home.owner, message, label)
        await run.wait(lambda run: run.message and not run.message.thinking)
        assert run.message
        return run.message


@pytest.fixture
async def forum(home: Home, environment: pytest.MonkeyPatch) -> Channel:
    forum = home.guild.add_forum("errors", TAGS)
    environment.setenv("ERROR_FORUM_ID", str(forum.id))
    return forum


@pytest.fixture
async def desk(home: Home, forum: Channel) -> AsyncIterator[Desk]:
    async with running(Host(), home.sandbox) as bot:
        await registered()
        yield Desk(home, bot, forum)
    assert list(home.sandbox.violations) == []


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - nothing tells of a new channel; the test's timeout ends it
        await asyncio.sleep(0.01)


async def fail_again(post: Channel, times: int, *, total: int) -> None:
    """Log the error of a post so often; return when its card tells the total."""
    for _ in range(times):
        host_log.error("Lost the model")
    await until(lambda: f"{total} times" in post.messages[0].text)


def lines(post: Channel) -> list[str]:
    return [message.content for message in post.messages]


async def test_an_error_group_is_a_post_with_its_card_and_the_alert_channel_stays_free(
    desk: Desk,
) -> None:
    post = await desk.fail()
    (card,) = post.messages
    assert post.name == "ERROR host: Lost the model · e2e/test_forum.py:48"
    assert post.tags == ["new"]
    assert card.content == ("🔴 ERROR host: Lost the model · e2e/test_forum.py:48 · 1 time")
    assert card.embeds[0]["title"] == "🔴 New error: ERROR host: Lost the model"
    assert [each["label"] for each in card.components[0]["components"]] == [
        "Details",
        "Mute 24 h",
        "Resolve",
    ]
    assert desk.home.alerts.messages == []


async def test_what_people_do_is_told_inside_and_the_tag_follows(desk: Desk) -> None:
    post = await desk.fail()
    card = post.messages[0]
    await desk.press(card, "Resolve")
    await until(lambda: len(post.messages) == 2)
    assert post.tags == ["resolved"]
    await desk.fail()
    await until(lambda: len(post.messages) == 3 and post.tags == ["regressed"])
    owner = desk.home.owner.mention
    assert lines(post)[1:] == [
        f"✅ Resolved by {owner}",
        BACK,
    ]
    assert [message.notified.users for message in post.messages] == [(), (), ()]
    assert len(desk.posts) == 1


async def test_an_undo_is_told_with_who_did_it(desk: Desk) -> None:
    post = await desk.fail()
    answer = await desk.press(post.messages[0], "Resolve")
    await until(lambda: len(post.messages) == 2)
    await desk.press(answer, "Undo")
    await until(lambda: len(post.messages) == 3)
    assert lines(post)[2] == f"⚠️ Reopened by {desk.home.owner.mention}"
    assert post.tags == ["new"]


async def test_further_errors_are_told_at_each_further_digit_and_not_one_by_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.errors.groups.EDIT_INTERVAL", 0.05)
    post = await desk.fail()
    await fail_again(post, 8, total=9)
    assert len(post.messages) == 1
    await fail_again(post, 1, total=10)
    await until(lambda: len(post.messages) == 2)
    await fail_again(post, 3, total=13)
    group = (await desk.host.cog.runtime.errors.store.groups())[0]
    (told,) = lines(post)[1:]
    assert group.event
    assert TIME.sub("<t>", told) == f"⚠️ 9 more errors · 10 in all · last <t> · `{group.event.id}`"
    assert post.messages[1].notified.users == ()
    assert desk.home.alerts.messages == []


async def test_further_errors_are_told_once_an_hour(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.errors.groups.EDIT_INTERVAL", 0.05)
    monkeypatch.setattr("services.debugcog.errors.groups.NOTE_INTERVAL", 0.05)
    post = await desk.fail()
    await fail_again(post, 1, total=2)
    await until(lambda: len(post.messages) == 2)
    assert post.thread
    post.thread.archived = True
    changes.update_channel(desk.sandbox.world, post)
    await fail_again(post, 2, total=4)
    await until(lambda: len(post.messages) > 2)
    assert lines(post)[1].startswith("⚠️ 1 more error · 2 in all · last <t:")
    assert sum(int(line.split()[1]) for line in lines(post)[1:]) == 3
    assert not post.thread.archived


async def test_a_locked_or_archived_post_is_opened_before_it_is_written_to(desk: Desk) -> None:
    post = await desk.fail()
    assert post.thread
    await desk.press(post.messages[0], "Resolve")
    await until(lambda: len(post.messages) == 2)
    post.thread.archived = post.thread.locked = True
    changes.update_channel(desk.sandbox.world, post)
    await desk.fail()
    await until(lambda: len(post.messages) == 3)
    assert (post.thread.archived, post.thread.locked) == (False, False)
    assert post.tags == ["regressed"]


@pytest.mark.parametrize("what", ["the post", "its first message"])
async def test_a_deleted_post_is_made_anew(desk: Desk, what: str) -> None:
    post = await desk.fail()
    await desk.press(post.messages[0], "Resolve")
    await until(lambda: len(post.messages) == 2)
    world = desk.sandbox.world
    if what == "the post":
        changes.delete_channel(world, post)
    else:
        posting.delete(world, post, post.messages[0])
    host_log.error("Lost the model")
    await until(lambda: any(each is not post and each.log for each in desk.posts))
    assert desk.posts[-1].tags == ["regressed"]
    assert desk.home.alerts.messages == []


async def test_a_tag_of_people_stays_on_the_post(desk: Desk) -> None:
    assert desk.forum.forum
    desk.forum.forum.tags += [type(desk.forum.forum.tags[0])(99, "backend")]
    post = await desk.fail()
    assert post.thread
    post.thread.tags.append(99)
    await desk.press(post.messages[0], "Resolve")
    await until(lambda: len(post.messages) == 2)
    assert post.tags == ["resolved", "backend"]


async def test_tags_are_made_where_the_bot_may(home: Home, environment: pytest.MonkeyPatch) -> None:
    forum = home.guild.add_forum("errors", ["Question"])
    home.guild.overwrite(forum, home.guild.bot, Overwrite(allow=Permission.MANAGE_CHANNELS))
    environment.setenv("ERROR_FORUM_ID", str(forum.id))
    async with running(Host(), home.sandbox) as bot:
        await registered()
        post = await Desk(home, bot, forum).fail()
        assert post.tags == ["new"]
    assert forum.forum
    assert [(tag.name, tag.emoji) for tag in forum.forum.tags] == [
        ("Question", None),
        ("new", "🔴"),
        ("regressed", "⚠️"),
        ("muted", "🔕"),
        ("resolved", "✅"),
    ]


async def test_tags_are_left_out_where_the_bot_may_not_make_them_and_that_is_said_once(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    forum = home.guild.add_forum("errors", ["New"])
    environment.setenv("ERROR_FORUM_ID", str(forum.id))
    async with running(Host(), home.sandbox) as bot:
        await registered()
        desk = Desk(home, bot, forum)
        first = await desk.fail("one")
        second = await desk.fail("two")
        assert (first.tags, second.tags) == (["New"], ["New"])
    told = [each.getMessage() for each in caplog.records if "Tags left out" in each.getMessage()]
    text = f"Tags left out in ERROR_FORUM_ID={forum.id}: regressed, muted, resolved (needs Manage "
    assert told == [f"{text}Channels); make them there, or give the bot Manage Channels"]


async def test_a_forum_that_wants_a_tag_and_has_none_of_ours_is_told_and_the_channel_used(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    forum = home.guild.add_forum("errors", tag_required=True)
    environment.setenv("ERROR_FORUM_ID", str(forum.id))
    async with running(Host(), home.sandbox):
        await registered()
        host_log.error("Lost the model")
        await home.alerts.wait_for(lambda message: "Lost the model" in message.text)
        told = await alerts(home)
    assert f"⚠️ The forum <#{forum.id}> wants a tag on each post" in told


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.ATTACH_FILES, "Attach Files"),
        (Permission.VIEW_CHANNEL, "View Channel"),
    ],
)
async def test_without_a_permission_the_alert_channel_is_used_and_the_permission_is_named(
    desk: Desk, denied: Permission, named: str
) -> None:
    home = desk.home
    home.guild.overwrite(desk.forum, home.guild.bot, Overwrite(deny=denied))
    try:
        raise KeyError("voice")
    except KeyError:
        host_log.exception("Lost the model")
    await home.alerts.wait_for(lambda message: "voice" in message.text)
    told = await alerts(home)
    assert f"Error forum <#{desk.forum.id}>: the bot lacks" in told
    assert named in told
    assert desk.posts == []


async def test_a_forum_that_is_gone_is_told_and_the_alert_channel_used(desk: Desk) -> None:
    changes.delete_channel(desk.sandbox.world, desk.forum)
    host_log.error("Lost the model")
    await desk.home.alerts.wait_for(lambda message: "Lost the model" in message.text)
    told = await alerts(desk.home)
    assert f"`ERROR_FORUM_ID` {desk.forum.id} does not exist, or the bot cannot see it" in told


async def test_a_post_that_discord_took_without_an_answer_is_found_and_not_opened_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.debug.delivery.classification.UNSURE_WAIT", 0.1)
    monkeypatch.setattr("services.debugcog.outbox.sender.backoff", lambda *_: 0.05)
    fault = Fault(Trouble.PROXY, "POST", "/channels/*/threads", status=502, taken=True)
    desk.sandbox.faults.add(fault)
    post = await desk.fail()
    await desk.press(post.messages[0], "Resolve")
    await until(lambda: len(post.messages) == 2)
    assert desk.posts == [post]


HOSTILE = "@everyone **bold** `x` [y](https://z.test) \u202ekcab <@1> " + "x" * 3000


async def test_a_hostile_name_is_cut_to_a_hundred_characters_and_pings_nobody(
    desk: Desk,
) -> None:
    host_log.error(HOSTILE)
    post = await desk.post()
    assert len(post.name) <= 100
    assert "\u202e" not in post.name
    assert post.name.startswith(
        "ERROR host: @\u200beveryone **bold** \u02cbx\u02cb [y](https://z.test) kcab"
    )
    assert post.name.endswith("e2e/test_forum.py:" + post.name.rpartition(":")[2])
    assert not post.messages[0].notified


async def test_two_hundred_groups_make_five_posts_and_one_digest(desk: Desk) -> None:
    for number in range(200):
        letters = "".join(chr(97 + int(digit)) for digit in str(number))
        try:
            raise type(f"Fault{letters}", (Exception,), {})
        except Exception:  # noqa: BLE001 - its type is made here
            host_log.exception("Lost")
    await until(lambda: len(desk.posts) == 6)
    await until(lambda: all(each.messages for each in desk.posts))
    store = desk.host.cog.runtime.errors.store
    assert await asyncio.to_thread(store.flush)
    await desk.host.cog.runtime.alerting.sender.condition()  # type: ignore[union-attr]  # there is one
    assert len(desk.posts) == 6
    assert sum("Error storm" in each.name for each in desk.posts) == 1
    titles = [each.text.partition("\n")[0] for each in desk.home.alerts.messages]
    assert [title for title in titles if "Fault" in title or "storm" in title] == []


async def test_a_limit_on_posts_holds_the_forum_alone(desk: Desk) -> None:
    fault = Fault(Trouble.RATE_LIMIT, "POST", "/channels/*/threads", seconds=60.0)
    desk.sandbox.faults.add(fault)
    host_log.error("Lost the model")
    await until(lambda: not desk.sandbox.faults.pending)
    run = await desk.sandbox.run_command(desk.home.owner, desk.home.channel, "debug alerts")
    await run.wait(lambda run: run.message and run.message.components)
    await desk.press(run.message, "Send a test alert")  # type: ignore[arg-type]  # it is there
    await desk.home.alerts.wait_for(lambda message: "Test alert" in message.text)
    assert desk.posts == []


async def test_the_forum_is_looked_at_when_the_bot_starts(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment.setenv("ERROR_FORUM_ID", str(home.channel.id))
    async with running(Host(), home.sandbox):
        await registered()
        await until(lambda: "ERROR_FORUM_ID" in caplog.text)
    assert (
        f"ERROR_FORUM_ID={home.channel.id} is no forum: error groups go to the alert channel. "
        "Put the id of a forum there"
    ) in caplog.text


async def alerts(home: Home) -> str:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts")
    await run.wait(lambda run: run.message and run.message.embeds)
    assert run.message
    return run.message.text
