"""Real discord.py clients on the sandbox: views, selects, modals, layouts."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest
from discord.ext import commands

from discord_sandbox import File, Sandbox
from tests.discord_bot import running
from tests.discord_sandbox.bots import make_bot
from tests.discord_sandbox.parts import Home


class Panel(discord.ui.View):
    """Buttons and selects of every kind."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.seen: list[Any] = []

    @discord.ui.button(label="Edit", custom_id="panel:edit")
    async def edit(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="edited")

    @discord.ui.button(label="Form", custom_id="panel:form", emoji="📝")
    async def form(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.button(label="Off", custom_id="panel:off", disabled=True)
    async def off(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        raise AssertionError

    @discord.ui.select(
        custom_id="panel:colour",
        options=[discord.SelectOption(label="Red"), discord.SelectOption(label="Blue")],
        max_values=2,
    )
    async def colour(self, interaction: discord.Interaction, it: discord.ui.Select[Any]) -> None:
        self.seen.append(it.values)
        await interaction.response.defer()

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="panel:user")
    async def user(self, interaction: discord.Interaction, it: discord.ui.UserSelect[Any]) -> None:
        self.seen.append([type(each).__name__ + " " + each.name for each in it.values])
        await interaction.response.defer()

    @discord.ui.select(cls=discord.ui.RoleSelect, custom_id="panel:role")
    async def role(self, interaction: discord.Interaction, it: discord.ui.RoleSelect[Any]) -> None:
        self.seen.append([each.name for each in it.values])
        await interaction.response.defer()

    @discord.ui.select(cls=discord.ui.ChannelSelect, custom_id="panel:channel")
    async def place(
        self, interaction: discord.Interaction, it: discord.ui.ChannelSelect[Any]
    ) -> None:
        self.seen.append([each.name for each in it.values])
        await interaction.response.defer(thinking=True, ephemeral=True)
        await interaction.edit_original_response(content="thought")


class Form(discord.ui.Modal, title="A form"):
    """Every kind of input."""

    name: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Name", max_length=20)
    note: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label="Note", style=discord.TextStyle.long, required=False, default="none"
    )
    colour: discord.ui.Label[Any] = discord.ui.Label(
        text="Colour",
        component=discord.ui.Select(options=[discord.SelectOption(label="Red")]),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        select = self.colour.component
        assert isinstance(select, discord.ui.Select)
        text = f"{self.name.value}, {self.note.value}, {select.values[0]}"
        await interaction.response.send_message(text)


@pytest.fixture
async def panel_bot() -> tuple[commands.Bot, Panel]:
    bot, view = make_bot(), Panel()

    @bot.tree.command(description="Open the panel.")
    async def panel(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("panel", view=view)

    return bot, view


async def test_views_with_buttons_and_selects(
    sandbox: Sandbox, place: Home, panel_bot: tuple[commands.Bot, Panel]
) -> None:
    bot, view = panel_bot
    async with running(bot, sandbox):
        await bot.tree.sync()
        run = await sandbox.run_command(place.mia, place.channel, "panel")
        message = run.message
        await sandbox.choose(place.mia, message, "panel:colour", ["Red", "Blue"])
        await sandbox.choose(place.mia, message, "panel:user", [place.mia])
        await sandbox.choose(place.mia, message, "panel:role", [place.moderators])
        thinking = await sandbox.choose(place.mia, message, "panel:channel", [place.channel])
        await thinking.wait(lambda run: run.message and run.message.content == "thought")
        edited = await sandbox.click(place.mia, message, "Edit")

        assert message is not None
        assert edited.message is message
        assert (message.content, message.edited) == ("edited", True)
        assert view.seen == [["Red", "Blue"], ["Member mia"], ["Moderators"], ["general"]]
        assert thinking.message is not message


async def test_modals(sandbox: Sandbox, place: Home, panel_bot: tuple[commands.Bot, Panel]) -> None:
    bot, _ = panel_bot
    async with running(bot, sandbox):
        await bot.tree.sync()
        run = await sandbox.run_command(place.mia, place.channel, "panel")
        opened = await sandbox.click(place.mia, run.message, "📝")
        done = await sandbox.submit(place.mia, opened.modal, {"Name": "Mia", "Colour": ["Red"]})

    assert done.message is not None
    assert done.message.content == "Mia, none, Red"


async def test_persistent_views_answer_after_a_restart(
    sandbox: Sandbox, place: Home, panel_bot: tuple[commands.Bot, Panel]
) -> None:
    bot, _ = panel_bot
    async with running(bot, sandbox):
        await bot.tree.sync()
        run = await sandbox.run_command(place.mia, place.channel, "panel")

    again, view = make_bot(), Panel()
    again.add_view(view)
    async with running(again, sandbox):
        clicked = await sandbox.click(place.mia, run.message, "Edit")

    assert clicked.message is run.message
    assert clicked.message is not None
    assert clicked.message.content == "edited"


async def test_layout_views(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()

    class Card(discord.ui.LayoutView):
        container: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay("# Report"),
            discord.ui.Separator(),
            discord.ui.Section(
                "All is well", accessory=discord.ui.Thumbnail("attachment://chart.png")
            ),
            discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://chart.png")),
            discord.ui.File("attachment://log.txt"),
            accent_colour=0x00FF00,
        )

    async with running(bot, sandbox):
        channel = bot.get_channel(place.channel.id)
        assert isinstance(channel, discord.TextChannel)
        files = [discord.File(io.BytesIO(b"x"), name) for name in ("chart.png", "log.txt")]
        await channel.send(view=Card(), files=files)

    message = place.channel.messages[0]
    assert message.text == "# Report\nAll is well"
    assert [each.embedded for each in message.attachments] == [True, True]


class Survey(discord.ui.Modal, title="A survey"):
    """Every kind of input that a label may hold."""

    text: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("Tell us.")
    who: discord.ui.Label[Any] = discord.ui.Label(
        text="Who", component=discord.ui.UserSelect(required=False)
    )
    files: discord.ui.Label[Any] = discord.ui.Label(
        text="Files", component=discord.ui.FileUpload(max_values=2)
    )
    size: discord.ui.Label[Any] = discord.ui.Label(
        text="Size",
        component=discord.ui.RadioGroup(
            options=[discord.RadioGroupOption(label=each, value=each) for each in ("S", "L")]
        ),
    )
    sure: discord.ui.Label[Any] = discord.ui.Label(
        text="Sure", component=discord.ui.Checkbox(default=True)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        parts: list[Any] = [
            label.component for label in (self.who, self.files, self.size, self.sure)
        ]
        who, files, size, sure = parts
        names = [each.filename for each in files.values]
        text = f"{who.values} {names} {size.value} {sure.value}"
        await interaction.response.send_message(text, ephemeral=True)


async def test_modals_with_files_choices_and_ticks(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()

    @bot.tree.command(description="Ask.")
    async def survey(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Survey())

    async with running(bot, sandbox):
        await bot.tree.sync()
        opened = await sandbox.run_command(place.mia, place.channel, "survey")
        values = {"Files": [File("a.txt", b"a")], "Size": "L"}
        done = await sandbox.submit(place.mia, opened.modal, values)

    assert done.message is not None
    assert done.message.text == "[] ['a.txt'] L True"
