"""/debug diagnose: the command, which makes all checks and tells of its progress."""

from functools import partial
from typing import TYPE_CHECKING

import discord

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import SHARE, slash_command

if TYPE_CHECKING:
    from cogs.debug.features.diagnose.handlers import DiagnosisHandlers


def feature(handlers: "Later[DiagnosisHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Check what usually goes wrong, with evidence and the fix for each finding.",
        share=SHARE,
    )
    async def diagnose(interaction: discord.Interaction, share: bool = False) -> None:
        tell = partial(responder.tell, interaction)
        await responder.answer(
            interaction, handlers.query(lambda made: made.run(tell)), share=share
        )

    return Feature(diagnose, ("diagnose",), handlers)
