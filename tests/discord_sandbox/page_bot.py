"""A bot with one of each thing that a page has to show: for the tests of the page."""

from __future__ import annotations

import discord
from discord import app_commands, ui
from discord.ext import commands

FRUITS = ("apple", "apricot", "banana", "cherry")
Interaction = discord.Interaction[commands.Bot]


class Order(ui.Modal, title="Your order"):
    """A form with two inputs; it answers with what was filled in."""

    dish: ui.TextInput[Order] = ui.TextInput(label="Dish", min_length=3)
    wish: ui.TextInput[Order] = ui.TextInput(
        label="Wishes", style=discord.TextStyle.paragraph, required=False
    )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        text = f"{interaction.user.display_name} gets {self.dish.value} with {self.wish.value}"
        await interaction.response.send_message(text)


class Feedback(ui.Modal, title="Feedback"):
    """A form with an input of each other kind."""

    stars: ui.Label[Feedback] = ui.Label(
        text="Stars",
        component=ui.RadioGroup(options=[discord.RadioGroupOption(label=n) for n in "123"]),
    )
    liked: ui.Label[Feedback] = ui.Label(
        text="Liked",
        component=ui.CheckboxGroup(
            options=[discord.CheckboxGroupOption(label=each) for each in ("food", "music")]
        ),
    )
    guest: ui.Label[Feedback] = ui.Label(text="Guest", component=ui.UserSelect())
    photo: ui.Label[Feedback] = ui.Label(text="Photo", component=ui.FileUpload())
    again: ui.Label[Feedback] = ui.Label(text="Again?", component=ui.Checkbox())

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        stars, liked, guest, photo, again = (
            label.component for label in self.children if isinstance(label, ui.Label)
        )
        assert isinstance(stars, ui.RadioGroup)
        assert isinstance(liked, ui.CheckboxGroup)
        assert isinstance(guest, ui.UserSelect)
        assert isinstance(photo, ui.FileUpload)
        assert isinstance(again, ui.Checkbox)
        told = [stars.value, *liked.values, guest.values[0].name, photo.values[0].filename]
        await interaction.response.send_message(f"{told} {again.value}")


class Table(ui.View):
    """Buttons and selects, each of which answers."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(ui.Button(label="Menu", url="https://example.org/menu"))
        self.add_item(ui.Button(label="Closed", disabled=True, custom_id="closed"))

    @ui.button(label="Order", style=discord.ButtonStyle.primary)
    async def order(self, interaction: discord.Interaction, button: ui.Button[Table]) -> None:
        await interaction.response.send_modal(Order())

    @ui.button(label="Count", style=discord.ButtonStyle.success)
    async def count(self, interaction: discord.Interaction, button: ui.Button[Table]) -> None:
        button.label = "Counted"
        await interaction.response.edit_message(content="counted", view=self)

    @ui.button(label="Broken", style=discord.ButtonStyle.danger)
    async def broken(self, interaction: discord.Interaction, button: ui.Button[Table]) -> None:
        """Never answer."""

    @ui.select(
        placeholder="Fruits",
        min_values=1,
        max_values=2,
        options=[discord.SelectOption(label=each.title(), value=each) for each in FRUITS],
    )
    async def fruits(self, interaction: discord.Interaction, select: ui.Select[Table]) -> None:
        await interaction.response.send_message(f"picked {', '.join(select.values)}")

    @ui.select(cls=ui.UserSelect, placeholder="Guest")
    async def guest(self, interaction: discord.Interaction, select: ui.UserSelect[Table]) -> None:
        await interaction.response.send_message(f"invited {select.values[0].display_name}")


class Waiter(commands.Bot):
    """The bot; ``pondering`` is the last use of /ponder, which it does not end by itself."""

    pondering: Interaction

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__("!", intents=intents)

    async def setup_hook(self) -> None:
        self.tree.add_command(table)
        self.tree.add_command(buy)
        self.tree.add_command(ponder)
        self.tree.add_command(fire)
        self.tree.add_command(scan)
        self.tree.add_command(feedback)
        self.tree.add_command(quote)
        self.tree.add_command(greet)
        await self.tree.sync()


@app_commands.command(description="Lay the table")
async def table(interaction: Interaction) -> None:
    await interaction.response.send_message("Here is your table.", view=Table())


@app_commands.command(description="Buy fruit")
@app_commands.describe(fruit="Which", amount="How many", guest="For whom")
async def buy(
    interaction: Interaction,
    fruit: str,
    amount: app_commands.Range[int, 1, 10],
    guest: discord.Member | None = None,
) -> None:
    name = guest.display_name if guest else "you"
    await interaction.response.send_message(f"{amount} {fruit} for {name}", ephemeral=True)


@buy.autocomplete("fruit")
async def fruits(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f, value=f) for f in FRUITS if f.startswith(typed)]


@app_commands.command(description="Think without an end")
async def ponder(interaction: Interaction) -> None:
    await interaction.response.defer(thinking=True)
    assert isinstance(interaction.client, Waiter)
    interaction.client.pondering = interaction


@app_commands.command(description="Only for those who may kick")
@app_commands.default_permissions(kick_members=True)
async def fire(interaction: Interaction) -> None:
    await interaction.response.send_message("fired")


@app_commands.command(description="Look at a file")
async def scan(interaction: Interaction, file: discord.Attachment) -> None:
    text = (await file.read()).decode()
    await interaction.response.send_message(f"{file.filename} says {text}")


@app_commands.command(description="Tell how it was")
async def feedback(interaction: Interaction) -> None:
    await interaction.response.send_modal(Feedback())


@app_commands.context_menu(name="Quote")
async def quote(interaction: Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"quoted: {message.content}")


@app_commands.context_menu(name="Greet")
async def greet(interaction: Interaction, member: discord.Member) -> None:
    await interaction.response.send_message(f"greetings, {member.display_name}")
