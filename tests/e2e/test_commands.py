from __future__ import annotations

import asyncio
import io

import discord
import pytest
from PIL import Image

from cogs.debug.app.cog import UNKNOWN_CONTROL
from discord_sandbox import Message, SandboxError
from discord_sandbox.people.runs import Run
from services.debugcog.charting.chart_spec import ChartSpec
from tests.e2e.conftest import Home, Host


def shown(run: Run) -> list[Message]:
    return [*([run.message] if run.message else []), *run.followups]


def has_picture(run: Run) -> bool:
    return bool(run.message and run.message.attachments)


def has_embed(run: Run) -> bool:
    return bool(run.message and run.message.embeds)


@pytest.mark.parametrize("command", ["metrics", "memory"])
async def test_a_command_shows_its_numbers_first_and_then_its_chart(
    home: Home, host: Host, command: str
) -> None:
    with host.cog.runtime.metrics.timer("total_response_time"):
        pass
    level = {"level": "INFO"}
    changed = await home.sandbox.run_command(home.owner, home.channel, "debug loglevel", level)
    await changed.wait(has_embed)
    run = await home.sandbox.run_command(home.owner, home.channel, f"debug {command}")
    assert run.deferred
    assert run.acknowledged_after < 1.0
    await run.wait(has_embed)
    assert run.message
    assert run.message.ephemeral
    await run.wait(has_picture)
    (picture,) = run.message.attachments
    assert (picture.filename, picture.width, picture.height) == ("chart.png", 800, 400)
    assert picture.description
    assert picture.description.startswith(
        "Response time, " if command == "metrics" else "Memory of the process, "
    )
    assert " UTC: log level." in picture.description
    assert Image.open(io.BytesIO(picture.data)).size == (800, 400)
    assert home.channel.messages == []


async def test_the_metrics_are_what_the_host_recorded(home: Home, host: Host) -> None:
    metrics = host.cog.runtime.metrics
    for value in (1000.0, *[2000.0] * 8, 3000.0):
        metrics.record("total_response_time", value)
        metrics.record("tokens_input", 4000)
    metrics.increment("messages_processed", 200)
    metrics.increment("errors", 3)
    metrics.increment("cache_hits", 9)
    metrics.increment("cache_misses")
    metrics.increment("api_calls", 1234)
    run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
    await run.wait(has_embed)
    assert run.message
    fields = {field["name"]: field["value"] for field in run.message.embeds[0]["fields"]}
    assert fields["Response time ✅"] == "avg **2 s**\np95 3 s\nmax 3 s\n10 calls"
    assert fields["Tokens ⚠️"] == "**4,000** per request\nin 40,000 · out 0"
    assert fields["Errors ✅"] == "**1.5%** of messages\n3 of 200"
    assert fields["API calls"] == "**1,234**\ncache hits 90%"
    assert "LLM" not in fields, "it has none"


async def test_another_window_is_chosen_in_place(home: Home, host: Host) -> None:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
    await run.wait(has_picture)
    assert run.message
    assert run.message.embeds[0]["title"] == "Metrics · last 1 hour"
    again = await home.sandbox.choose(home.owner, run.message, "Window", ["24h"])
    await again.wait(
        lambda run: run.message and run.message.embeds[0]["title"] == "Metrics · last 24 hours"
    )
    await again.wait(has_picture)
    assert again.message
    assert again.message.id == run.message.id


async def test_refresh_shows_what_came_since(home: Home, host: Host) -> None:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
    await run.wait(has_embed)
    host.cog.runtime.metrics.increment("api_calls", 77)
    assert run.message
    again = await home.sandbox.click(home.owner, run.message, "Refresh")
    await again.wait(lambda run: run.message and "**77**" in run.message.text)


async def test_a_window_that_is_no_choice_cannot_be_typed(home: Home, host: Host) -> None:
    with pytest.raises(SandboxError):
        await home.sandbox.run_command(home.owner, home.channel, "debug metrics", {"window": "2y"})


@pytest.mark.parametrize(
    "forged",
    [
        "errors.teleport:now",
        "metrics:evil",
        "metrics:",
        "alert.ack:abc",
        "alert.details:99999999999999999999",
        "alert.silence:1.nan",
        "errors.mute:0badcafe.nan",
        "errors.mute:0badcafe.1e300",
        "errors.mute:",
    ],
)
async def test_a_control_that_this_version_did_not_make_says_so(
    home: Home, host: Host, forged: str, caplog: pytest.LogCaptureFixture
) -> None:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
    await run.wait(has_embed)
    assert run.message
    run.message.components[1]["components"][0]["custom_id"] = f"debugcog:{forged}"
    pressed = await home.sandbox.click(home.owner, run.message, f"debugcog:{forged}")
    await pressed.wait(lambda run: UNKNOWN_CONTROL in [each.content for each in shown(run)])
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    "named",
    ["debugcog:mine", "debugcog:metrics", "debugcog:alert", "debugcog:errors.mine", "debugcog:a:b"],
)
async def test_a_hosts_own_control_of_such_a_name_is_answered_by_the_host_alone(
    home: Home, host: Host, named: str
) -> None:
    class Mine(discord.ui.View):
        @discord.ui.button(label="Mine", custom_id=named)
        async def press(
            self, interaction: discord.Interaction, button: discord.ui.Button[discord.ui.View]
        ) -> None:
            await interaction.response.send_message("the host's answer", ephemeral=True)

    channel = host.get_channel(home.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("Press it", view=Mine())
    message = await home.channel.wait_for(lambda one: one.content == "Press it")
    pressed = await home.sandbox.click(home.owner, message, "Mine")
    await pressed.wait(lambda run: run.message and run.message.content == "the host's answer")
    assert [each.content for each in shown(pressed)] == ["the host's answer"]


class OwnModal(discord.ui.Modal, title="Mine"):
    text: discord.ui.TextInput[OwnModal] = discord.ui.TextInput(label="Text", required=False)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await answer_as_host(interaction)


class OwnButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template="debugcog:errors[.]own:1"
):
    @classmethod
    async def from_custom_id(cls, *_: object) -> OwnButton:
        return cls(discord.ui.Button(custom_id="debugcog:errors.own:1"))

    async def callback(self, interaction: discord.Interaction) -> None:
        await answer_as_host(interaction)


async def answer_as_host(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("the host's answer", ephemeral=True)


async def ask_as_host(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(OwnModal(custom_id="debugcog:errors.own:2"))


@pytest.mark.parametrize("kind", ["persistent view", "dynamic item", "modal"])
async def test_a_hosts_own_control_of_any_kind_is_answered_by_the_host_alone(
    home: Home, host: Host, kind: str
) -> None:
    view = discord.ui.View(timeout=None)
    button: discord.ui.Button[discord.ui.View] = discord.ui.Button(
        label="Mine", custom_id="debugcog:errors.own:1"
    )
    press = ask_as_host if kind == "modal" else answer_as_host
    button.callback = press  # type: ignore[method-assign]  # as hosts do
    view.add_item(button)
    if kind == "dynamic item":
        host.add_dynamic_items(OwnButton)
        view.stop()
    else:
        host.add_view(view)
    channel = host.get_channel(home.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("Press it", view=view)
    message = await home.channel.wait_for(lambda one: one.content == "Press it")
    answered = await home.sandbox.click(home.owner, message, "Mine")
    if kind == "modal":
        await answered.wait(lambda run: run.modal)
        assert answered.modal
        answered = await home.sandbox.submit(home.owner, answered.modal, {})
    await answered.wait(lambda run: run.message and run.message.content == "the host's answer")
    assert [each.content for each in shown(answered)] == ["the host's answer"]


async def test_a_chart_that_comes_late_does_not_cover_what_was_asked_since(
    home: Home, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, free = asyncio.Event(), asyncio.Event()
    charts = await host.cog._responder._charts.get()
    draw = charts._draw

    async def slow(spec: ChartSpec) -> bytes:
        drawing.set()
        await free.wait()
        return await draw(spec)

    monkeypatch.setattr(charts, "_draw", slow)
    host.cog.runtime.process.sample()
    run = await home.sandbox.run_command(
        home.owner, home.channel, "debug alerts", {"find": "memory"}
    )
    await drawing.wait()
    listed = await home.sandbox.click(home.owner, run.message, "All alerts")
    await listed.wait(lambda run: run.message and "Delivery" in run.message.text)
    answering = [one for one in asyncio.all_tasks() if one.get_name().startswith("CommandTree-")]
    free.set()
    assert answering
    await asyncio.wait(answering)
    assert listed.message
    assert "Delivery" in listed.message.text
    assert listed.message.attachments == []
