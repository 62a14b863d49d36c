"""Replies that refresh themselves, and those that all may see: a real client on the sandbox."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import discord
import pytest
from discord.ext import commands
from PIL import Image

from cogs.debug.ui import edits
from cogs.debug.ui.actions import Action
from cogs.debug.ui.chart_attachment import ChartAttachments
from cogs.debug.ui.component_interaction import component_interaction_of
from cogs.debug.ui.later import Later
from cogs.debug.ui.live import LIVE_MAX, NOT_LIVE, StopLive
from cogs.debug.ui.reply import Attachment, Button, Reply
from cogs.debug.ui.responder import FAILED, UNDELIVERED, Responder
from discord_sandbox import Channel, Member, Message, Sandbox
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.people.runs import Run
from services.debugcog.charting.chart_spec import ChartSpec, Line
from services.debugcog.charting.worker import ChartError, ChartWorker
from services.debugcog.frozen import frozen
from tests.discord_bot import running

SOON = 0.02
LIVE = re.compile(r"^live until \d\d:\d\d UTC$")
ENDED = re.compile(r"^Live ended at \d\d:\d\d UTC · Refresh to see it as it is now$")
NO_LONGER = "no longer live · Refresh to see it as it is now"
EDIT = ("PATCH", "/webhooks/*")
TOO_LARGE = Fault(Trouble.PROXY, *EDIT, status=413)


@frozen
class Again(Action, name="test.again"):
    """Show it anew."""


async def in_thread(work: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(work)


class Everybody:
    """A gate that is open; the commands here do not ask it."""

    refusal = ""

    async def check(self, interaction: discord.Interaction, what: str) -> bool:
        return True

    async def check_completion(self, interaction: discord.Interaction, command: str) -> bool:
        return True


class Host(commands.Bot):
    """A bot with one command, which shows ``text``."""

    def __init__(self, guild_id: int, draw: Callable[[Any], Any]) -> None:
        super().__init__("!", intents=discord.Intents.default())
        self.text = "first"
        self.asked = 0
        self.chart: ChartSpec | None = None
        self.files: tuple[Attachment, ...] = ()
        self.embeds = 1
        self.fault: Exception | None = None
        self.latest: discord.Interaction | None = None
        self.charts = Later(lambda: ChartAttachments(draw), in_thread)
        self.responder = Responder(Everybody(), self.charts, self.redact, refresh_seconds=SOON)
        self.home = discord.Object(guild_id)

        @self.tree.command(guild=self.home)
        async def show(
            interaction: discord.Interaction, share: bool = False, live: bool = False
        ) -> None:
            """Show it."""
            self.latest = interaction
            await self.responder.answer(interaction, self.query, share=share, live=live)

        @show.error
        async def failed(
            interaction: discord.Interaction, error: discord.app_commands.AppCommandError
        ) -> None:
            await self.responder.fail(interaction, error)

    @staticmethod
    def redact(text: str) -> str:
        return text.replace("hunter2", "[redacted]")

    def restart(self, live_seconds: float) -> None:
        """Forget all that is live, as a new process has."""
        self.responder = Responder(Everybody(), self.charts, self.redact, live_seconds, SOON)

    async def query(self) -> Reply:
        self.asked += 1
        if self.fault:
            raise self.fault
        embed = discord.Embed(description=self.text, timestamp=discord.utils.utcnow())
        return Reply(
            embeds=(embed,) * self.embeds,
            controls=(Button("Refresh", Again()),),
            chart=self.chart,
            files=self.files,
        )

    async def setup_hook(self) -> None:
        await self.tree.sync(guild=self.home)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        asked = component_interaction_of(interaction)
        if asked and asked.name == StopLive.NAME:
            await self.responder.stop(interaction)
        elif asked:
            await self.responder.answer(interaction, self.query)


class Stage:
    """The sandbox, its people, and the bot."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.guild = sandbox.add_guild("Home")
        self.ada: Member = self.guild.add_member("ada")
        self.mia: Member = self.guild.add_member("mia")
        self.channel: Channel = self.guild.add_text_channel("general")
        self.host: Host

    async def show(self, **options: Any) -> Run:
        run = await self.sandbox.run_command(self.ada, self.channel, "show", options)
        return await run.wait(lambda run: run.message and run.message.embeds)

    async def click(self, run: Run, label: str) -> Run:
        return await self.sandbox.click(self.ada, run.message, label)

    async def asked(self, times: int) -> None:
        """Wait until the host's query has run so many times more."""
        wanted = self.host.asked + times
        async with asyncio.timeout(20):
            while self.host.asked < wanted:  # noqa: ASYNC110 - the host's query sends no event
                await asyncio.sleep(0.005)

    def edits(self) -> int:
        return sum(request.method == "PATCH" for request in self.sandbox.requests)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Sandbox() as sandbox:
        made = Stage(sandbox)
        worker = ChartWorker()
        made.host = Host(made.guild.id, worker.draw)
        try:
            async with running(made.host, sandbox):
                yield made
                await made.host.responder.close()
        finally:
            await worker.close()


def refreshing() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "debugcog-live"]


def shown(run: Run) -> Message:
    assert run.message
    return run.message


def footer(run: Run) -> str:
    return str(shown(run).embeds[0].get("footer", {}).get("text", ""))


def labels(run: Run) -> list[str]:
    return [each["label"] for row in shown(run).components for each in row["components"]]


async def test_a_reply_is_for_its_caller_alone_and_a_shared_one_for_all(stage: Stage) -> None:
    alone, shared = await stage.show(), await stage.show(share=True)

    assert (shown(alone).ephemeral, shown(shared).ephemeral) == (True, False)
    assert stage.channel.messages == [shared.message]


async def test_that_a_reply_to_be_shared_has_failed_is_for_its_caller_alone(stage: Stage) -> None:
    stage.host.fault = ValueError("broken")
    run = await stage.sandbox.run_command(stage.ada, stage.channel, "show", {"share": True})

    await run.wait(lambda run: run.followups)
    (told,) = run.followups
    assert (told.content, told.ephemeral) == (FAILED, True)


async def test_a_control_of_a_shared_reply_changes_it_in_place(stage: Stage) -> None:
    run = await stage.show(share=True)
    stage.host.text = "second"

    again = await stage.sandbox.click(stage.mia, run.message, "Refresh")

    await again.wait(lambda _: shown(run).embeds[0]["description"] == "second")
    assert stage.channel.messages == [run.message]


async def test_a_live_reply_follows_what_it_shows(stage: Stage) -> None:
    run = await stage.show(live=True)
    assert labels(run) == ["Refresh", "Stop"]
    assert LIVE.match(footer(run))

    stage.host.text = "the password is hunter2"

    await run.wait(lambda run: shown(run).embeds[0]["description"] == "the password is [redacted]")
    assert LIVE.match(footer(run))


async def test_nothing_is_sent_while_nothing_changes(stage: Stage) -> None:
    await stage.show(live=True)
    before = stage.edits()

    await stage.asked(5)

    assert stage.edits() == before


async def test_a_refresh_waits_for_the_one_before(stage: Stage) -> None:
    going, most = 0, 0
    enough = asyncio.Event()

    async def slow() -> Reply:
        nonlocal going, most
        going, most = going + 1, max(most, going + 1)
        await asyncio.sleep(5 * SOON)
        going -= 1
        stage.host.asked += 1
        if stage.host.asked >= 4:
            enough.set()
        return Reply(embeds=(discord.Embed(description=str(stage.host.asked)),))

    stage.host.query = slow  # type: ignore[method-assign]  # a slower one
    await stage.show(live=True)
    async with asyncio.timeout(20):
        await enough.wait()

    assert most == 1


async def test_stop_ends_it_and_says_so(stage: Stage) -> None:
    run = await stage.show(live=True)

    pressed = await stage.click(run, "Stop")

    await pressed.wait(lambda _: labels(run) == ["Refresh"])
    assert ENDED.match(footer(run))
    assert refreshing() == []


async def test_stop_of_an_earlier_run_says_that_it_is_live_no_longer(stage: Stage) -> None:
    run = await stage.show(live=True)
    old = stage.host.responder
    stage.host.restart(60)

    pressed = await stage.click(run, "Stop")

    await pressed.wait(lambda _: labels(run) == ["Refresh"])
    assert footer(run) == NO_LONGER
    await old.close()


async def test_another_control_of_the_message_ends_it(stage: Stage) -> None:
    run = await stage.show(live=True)

    pressed = await stage.click(run, "Refresh")

    await pressed.wait(lambda _: labels(run) == ["Refresh"])
    assert footer(run) == ""
    assert refreshing() == []


async def test_it_ends_by_itself_before_its_token_does(stage: Stage) -> None:
    stage.host.restart(10 * SOON)

    run = await stage.show(live=True)

    await run.wait(lambda run: labels(run) == ["Refresh"])
    assert ENDED.match(footer(run))


async def test_the_time_that_its_first_picture_takes_is_a_part_of_its_life(stage: Stage) -> None:
    async def draw(_: object) -> bytes:
        await asyncio.sleep(20 * SOON)
        raise ChartError("too late")

    stage.host.charts = Later(lambda: ChartAttachments(draw), in_thread)
    stage.host.restart(20 * SOON)
    stage.host.chart = ChartSpec("First", "ms", (Line("a", ((1.0, 1.0),)),), (), (), 1.0, 2.0)

    run = await stage.show(live=True)
    await run.wait(lambda run: labels(run) == ["Refresh"])

    assert stage.host.asked == 1


async def test_the_end_of_the_cog_ends_it_and_says_so(stage: Stage) -> None:
    run = await stage.show(live=True)
    await stage.asked(1)

    await stage.host.responder.close()

    assert labels(run) == ["Refresh"]
    assert ENDED.match(footer(run))


async def test_it_ends_silently_when_its_message_is_dismissed(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    run = await stage.show(live=True)
    await stage.asked(1)
    stage.sandbox.faults.delete_message(shown(run))
    stage.host.text = "second"

    await asyncio.wait(refreshing())

    assert [one.getMessage() for one in caplog.records if one.levelname != "INFO"] == []


async def test_it_ends_when_it_cannot_be_changed_three_times_in_a_row(stage: Stage) -> None:
    run = await stage.show(live=True)
    refused = '{"message": "Invalid Form Body", "code": 50035}'
    stage.sandbox.faults.add(Fault(Trouble.PROXY, *EDIT, times=3, status=400, body=refused))
    stage.host.text = "second"

    await run.wait(lambda run: labels(run) == ["Refresh"])

    assert ENDED.match(footer(run))
    assert shown(run).embeds[0]["description"] == "first"


async def test_a_refresh_that_fails_is_told_once_in_the_footer_until_one_works(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    run = await stage.show(live=True)
    stage.host.fault = ValueError("broken")

    await run.wait(lambda run: "refresh failed at" in footer(run))
    await stage.asked(3)
    stage.host.fault = None
    await run.wait(lambda run: LIVE.match(footer(run)))

    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [
        "Refresh failed: ValueError"
    ]
    assert shown(run).embeds[0]["description"] == "first"


async def test_an_eleventh_message_is_not_live_and_says_why(stage: Stage) -> None:
    for _ in range(LIVE_MAX):
        await stage.show(live=True)

    run = await stage.show(live=True)

    assert (labels(run), footer(run)) == (["Refresh"], NOT_LIVE)


async def test_eleven_that_are_asked_for_together_are_ten_live_ones(stage: Stage) -> None:
    runs = await asyncio.gather(*(stage.show(live=True) for _ in range(LIVE_MAX + 1)))

    assert sum(footer(run) == NOT_LIVE for run in runs) == 1
    async with asyncio.timeout(30):
        while len(refreshing()) != LIVE_MAX:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0)  # the answer to the last request may be on its way


async def test_a_reply_that_is_dismissed_before_it_is_live_takes_no_place(stage: Stage) -> None:
    gone = '{"message": "Unknown Webhook", "code": 10015}'
    for _ in range(LIVE_MAX):
        stage.sandbox.faults.add(Fault(Trouble.PROXY, *EDIT, status=404, body=gone))
        await stage.sandbox.run_command(stage.ada, stage.channel, "show", {"live": True})
    await stage.asked(LIVE_MAX - stage.host.asked)

    assert LIVE.match(footer(await stage.show(live=True)))


async def test_the_picture_is_refreshed_with_the_text_and_stays_at_the_end(stage: Stage) -> None:
    points = ((1_700_000_000.0, 1.0), (1_700_000_060.0, 2.0))
    first = ChartSpec("First", "ms", (Line("a", points),), (), (), points[0][0], points[1][0])
    stage.host.chart = first
    run = await stage.show(live=True)
    await run.wait(lambda run: shown(run).attachments)
    before = shown(run).attachments[0].data

    stage.host.chart = replace(first, title="Second")
    await run.wait(lambda run: shown(run).attachments[0].data != before)
    pressed = await stage.click(run, "Stop")
    await pressed.wait(lambda _: labels(run) == ["Refresh"])

    (picture,) = shown(run).attachments
    assert Image.open(io.BytesIO(picture.data)).size == (800, 400)
    address = shown(run).embeds[0]["image"]["url"]
    assert address.partition("?")[0] == picture.url.partition("?")[0], (
        "both signed, each at its time"
    )
    assert picture.description
    assert picture.description.startswith("Second, ")
    assert ENDED.match(footer(run))


async def test_stop_before_the_picture_is_drawn_stops_it_for_good(stage: Stage) -> None:
    drawing, asked = asyncio.Event(), asyncio.Event()

    async def draw(_: object) -> bytes:
        asked.set()
        await drawing.wait()
        raise ChartError("too late")

    stage.host.charts = Later(lambda: ChartAttachments(draw), in_thread)
    stage.host.restart(60)
    points = ((1_700_000_000.0, 1.0), (1_700_000_060.0, 2.0))
    stage.host.chart = ChartSpec("First", "ms", (Line("a", points),), (), (), 1.0, 2.0)
    run = await stage.show(live=True)
    await asked.wait()
    answering = [one for one in asyncio.all_tasks() if one.get_name().startswith("CommandTree-")]

    pressed = await stage.click(run, "Stop")
    await pressed.wait(lambda _: labels(run) == ["Refresh"])
    drawing.set()
    await asyncio.gather(*answering)

    assert (footer(run), stage.host.asked, refreshing()) == (NO_LONGER, 1, [])


async def test_a_slow_answer_leaves_the_later_one_of_the_same_message(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await stage.show()
    slow, asked = asyncio.Event(), asyncio.Event()

    async def late() -> Reply:
        asked.set()
        await slow.wait()
        points = ((1_700_000_000.0, 1.0), (1_700_000_060.0, 2.0))
        chart = ChartSpec("Late", "ms", (Line("a", points),), (), (), 1.0, 2.0)
        return Reply(embeds=(discord.Embed(description="late"),), chart=chart)

    with monkeypatch.context() as patch:
        patch.setattr(stage.host, "query", late)
        await stage.click(run, "Refresh")
        await asked.wait()
    before = asyncio.all_tasks()
    stage.host.text = "second"
    await stage.click(run, "Refresh")
    await run.wait(lambda run: shown(run).text == "second")
    count = stage.edits()

    slow.set()
    await asyncio.gather(*(one for one in before if "on_interaction" in one.get_name()))

    assert (shown(run).text, stage.edits()) == ("second", count)


async def test_controls_of_an_alert_have_an_answer_each_however_long_one_takes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = discord.ui.View()
    view.add_item(discord.ui.Button(label="Details", custom_id="debugcog:test.again:"))
    channel = stage.host.get_channel(stage.channel.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("🔴 Alert", view=view)
    card = next(one for one in stage.channel.messages if one.id == sent.id)
    slow, asked = asyncio.Event(), asyncio.Event()

    async def late() -> Reply:
        asked.set()
        await slow.wait()
        return Reply(embeds=(discord.Embed(description="late"),))

    with monkeypatch.context() as patch:
        patch.setattr(stage.host, "query", late)
        first = await stage.sandbox.click(stage.ada, card, "Details")
        await asked.wait()
    second = await stage.sandbox.click(stage.mia, card, "Details")
    await second.wait(lambda run: run.message and run.message.text == "first")
    slow.set()

    await first.wait(lambda run: run.message and run.message.text == "late")


async def test_without_a_button_to_refresh_its_end_names_another_way(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def bare() -> Reply:
        return Reply(embeds=(discord.Embed(description="first"),))

    monkeypatch.setattr(stage.host, "query", bare)
    run = await stage.show(live=True)
    await stage.click(run, "Stop")
    await run.wait(lambda run: labels(run) == [])

    text = r"Live ended at \d\d:\d\d UTC · run the command again to see it as it is now"
    assert re.fullmatch(text, footer(run))


async def test_a_live_reply_that_is_made_while_the_cog_ends_says_its_end_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, asked, real = asyncio.Event(), asyncio.Event(), stage.host.query

    async def late() -> Reply:
        asked.set()
        await slow.wait()
        return await real()

    monkeypatch.setattr(stage.host, "query", late)
    run = await stage.sandbox.run_command(stage.ada, stage.channel, "show", {"live": True})
    await asked.wait()
    await stage.host.responder.close()
    slow.set()
    await run.wait(lambda run: run.message and run.message.embeds and labels(run) == ["Refresh"])

    await asyncio.gather(*refreshing())
    assert ENDED.match(footer(run))


async def test_a_change_that_is_given_up_while_discord_makes_it_wait_holds_up_no_other(
    stage: Stage,
) -> None:
    run = await stage.show()
    interaction = stage.host.latest
    assert interaction
    changes = [asyncio.create_task(edits.say(interaction, f"change {n}")) for n in range(8)]
    done = -1
    async with asyncio.timeout(30):
        while done != (done := sum(change.done() for change in changes)):
            for _ in range(3):  # none arrives while others do: the next one waits
                await stage.host.fetch_user(stage.ada.id)
    assert 0 < done < len(changes)
    for change in changes:
        change.cancel()
    await asyncio.wait(changes)
    async with asyncio.timeout(30):
        await edits.say(interaction, "the last one")
    await run.wait(lambda run: run.message and run.message.text.startswith("the last"))


async def test_a_reply_whose_picture_is_not_taken_is_shown_without_it_and_says_so(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async def draw(_: object) -> bytes:
        stage.sandbox.faults.add(TOO_LARGE)
        return b"a picture"

    stage.host.charts = Later(lambda: ChartAttachments(draw), in_thread)
    stage.host.restart(60.0)
    stage.host.chart = ChartSpec("First", "ms", (Line("a", ((1.0, 1.0),)),), (), (), 1.0, 2.0)
    run = await stage.show()
    await run.wait(lambda run: footer(run) == edits.NO_PICTURE)
    assert shown(run).attachments == []
    assert "image" not in shown(run).embeds[0]
    assert labels(run) == ["Refresh"]
    assert run.followups == []
    (said,) = [one.getMessage() for one in caplog.records if one.name == "debugcog.responder"]
    assert said.startswith("Reply sent without its files: discord.errors.HTTPException: 413 ")


@pytest.mark.parametrize("embeds", [0, 1])
async def test_a_file_that_is_not_taken_costs_the_file_alone(stage: Stage, embeds: int) -> None:
    stage.host.files = (Attachment("trace.txt", b"a trace"),)
    stage.host.embeds = embeds
    stage.sandbox.faults.add(TOO_LARGE)
    run = await stage.sandbox.run_command(stage.ada, stage.channel, "show")
    await run.wait(lambda run: run.message and edits.NO_FILE in run.message.text)
    assert shown(run).attachments == []
    again = await stage.click(run, "Refresh")
    await again.wait(lambda _: [one.filename for one in shown(run).attachments] == ["trace.txt"])


async def test_a_reply_that_is_not_taken_without_its_files_either_has_failed(stage: Stage) -> None:
    stage.host.files = (Attachment("trace.txt", b"a trace"),)
    stage.sandbox.faults.add(replace(TOO_LARGE, times=2))
    run = await stage.sandbox.run_command(stage.ada, stage.channel, "show")
    await run.wait(lambda run: run.message and run.message.content == UNDELIVERED)
