"""A bot on hikari, which has no extensions: it calls our ``setup`` by itself."""

from __future__ import annotations

import importlib

import hikari
from common import API_BASE, EXTENSION, TOKEN, Notes, refusal, said

bot = hikari.GatewayBot(
    TOKEN,
    rest_url=API_BASE,
    banner=None,
    intents=hikari.Intents.ALL,
    suppress_optimization_warning=True,
)
notes = Notes()


@bot.listen()
async def on_message(event: hikari.GuildMessageCreateEvent) -> None:
    """Do what a message says."""
    if event.content == "!note":
        await event.message.respond(notes.note())
    elif event.content == "!left":
        await event.message.respond(notes.left())
    elif event.content == "!load":
        try:
            importlib.import_module(EXTENSION).setup(bot)
        except Exception as error:  # noqa: BLE001 - the harness hears it
            await event.message.respond(refusal(error))
        else:
            await event.message.respond(said("done"))


bot.run(check_for_updates=False)
