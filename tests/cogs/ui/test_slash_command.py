import discord
import pytest

from cogs.debug.ui.slash_command import slash_command


def test_a_command_has_its_name_and_options_from_a_function_and_texts_as_given() -> None:
    @slash_command(
        "Things that were lost: all of them.",
        text="What to look for: a word, or two.",
        number="How many.",
    )
    async def find(interaction: discord.Interaction, text: str, number: int = 3) -> None:
        pass

    assert (find.name, find.description) == ("find", "Things that were lost: all of them.")
    assert [
        (one.name, str(one.description), one.type, one.required) for one in find.parameters
    ] == [
        ("text", "What to look for: a word, or two.", discord.AppCommandOptionType.string, True),
        ("number", "How many.", discord.AppCommandOptionType.integer, False),
    ]


def test_a_command_without_options_has_a_text() -> None:
    @slash_command("Things that were lost.")
    async def find(interaction: discord.Interaction) -> None:
        pass

    assert (find.description, find.parameters) == ("Things that were lost.", [])


def test_a_text_for_an_option_that_there_is_not_is_refused() -> None:
    async def find(interaction: discord.Interaction) -> None:
        pass

    with pytest.raises(TypeError, match="unknown parameter given: text"):
        slash_command("Things that were lost.", text="What to look for.")(find)
