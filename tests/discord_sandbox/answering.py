"""A bot that answers interactions by hand, over raw HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

from discord_sandbox import Sandbox
from discord_sandbox.people.runs import Run
from tests.discord_sandbox.parts import JSON, Answer, Home, Line, Rest

ASK = {
    "name": "ask",
    "description": "Ask.",
    "options": [{"type": 3, "name": "what", "description": "What.", "autocomplete": True}],
}


PRESS = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}]


class Bot:
    """Answers interactions by hand, over raw HTTP."""

    def __init__(self, sandbox: Sandbox, rest: Rest, line: Line, place: Home) -> None:
        self.sandbox, self.rest, self.line, self.place = sandbox, rest, line, place
        self.last: JSON = {}

    async def asked(self, **options: Any) -> asyncio.Task[Run]:
        """Let mia use /ask; return when the interaction is here."""
        place = self.place
        use = self.sandbox.run_command(place.mia, place.channel, "ask", options)
        return await self.got(use)

    async def got(self, use: Any) -> asyncio.Task[Any]:
        task = asyncio.create_task(use)
        self.last = await self.line.event("INTERACTION_CREATE")
        return task

    async def respond(self, kind: int, data: Any = None, **more: Any) -> Answer:
        path = f"/interactions/{self.last['id']}/{self.last['token']}/callback"
        body: JSON = {"type": kind}
        if data is not None:
            body["data"] = data
        return await self.rest("POST", path, body, query={"with_response": "1"}, **more)

    async def hook(self, method: str, path: str = "", body: Any = None, **more: Any) -> Answer:
        base = f"/webhooks/{self.sandbox.application.id}/{self.last['token']}"
        return await self.rest(method, base + path, body, **more)


async def pressed(bot: Bot) -> asyncio.Task[Run]:
    """Let mia press the button of an answer."""
    task = await bot.asked()
    await bot.respond(4, {"content": "press", "components": PRESS})
    run = await task
    return await bot.got(bot.sandbox.click(bot.place.mia, run.message, "Go"))


FORM = {
    "custom_id": "form",
    "title": "A form",
    "components": [
        {
            "type": 1,
            "components": [{"type": 4, "custom_id": "name", "label": "Name", "style": 1}],
        }
    ],
}


def text_input(**more: Any) -> JSON:
    inner = {"type": 4, "custom_id": "name", "label": "Name", "style": 1, **more}
    return {"type": 1, "components": [inner]}
