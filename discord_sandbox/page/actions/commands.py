"""What a page's person does → the same through the sandbox's people."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from discord_sandbox.page.viewer import CHANNEL, MENTIONABLE, ROLE, USER, Seat
from discord_sandbox.people import options
from discord_sandbox.people.components import TAKES
from discord_sandbox.people.runs import Run
from discord_sandbox.world import posting, reacting
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, SandboxError
from discord_sandbox.world.files import File
from discord_sandbox.world.messages import walk
from discord_sandbox.world.permissions import Permission

ATTACHMENT = 11  # the type of an option that takes a file
FILE_UPLOAD = 19  # the type of a modal's input that does: docs/components/reference
ENTITIES = (USER, CHANNEL, ROLE, MENTIONABLE)
CONTENT_LIMIT = 2000  # docs/resources/message#create-message


async def say(seat: Seat, frame: JSON) -> JSON:
    """Write a message, or a reply."""
    channel, text = seat.place(frame), str(frame["text"]).strip()
    files = _files(seat, frame.get("files") or [])
    if len(text) > CONTENT_LIMIT or not (text or files):
        raise SandboxError(f"a message has 1 to {CONTENT_LIMIT} characters")
    answered = channel.find(int(frame["to"])) if frame.get("to") else None
    person = seat.person(channel)
    await seat.desk.people.say(person, channel, text, files=files, reply_to=answered)
    return {}


async def typing(seat: Seat, frame: JSON) -> JSON:
    """Show that someone is typing."""
    channel = seat.place(frame)
    await seat.desk.people.begin_typing(seat.person(channel), channel)
    return {}


async def react(seat: Seat, frame: JSON) -> JSON:
    """Put a reaction on a message, or take one's own off."""
    channel, message, emoji = seat.place(frame), seat.message(frame), str(frame["emoji"])
    if seat.user.id in message.reactions.get(emoji, ()):
        reacting.unreact(seat.world, channel, message, emoji, seat.user)
    else:
        await seat.desk.people.react(seat.person(channel), message, emoji)
    return {}


def delete(seat: Seat, frame: JSON) -> JSON:
    """Delete a message: one's own, or anyone's with the permission to manage messages."""
    channel, message = seat.place(frame), seat.message(frame)
    if message.author is not seat.user:
        seat.desk.stage.need(seat.person(channel), channel, Permission.MANAGE_MESSAGES)
    posting.delete(seat.world, channel, message)
    return {}


async def run(seat: Seat, frame: JSON) -> JSON:
    """Use a slash command."""
    channel, typed = seat.place(frame), str(frame["command"])
    values = _entered(seat, channel, typed, frame.get("options") or {})
    done = await seat.desk.people.run_command(seat.person(channel), channel, typed, values)
    return _shown(seat, done)


async def complete(seat: Seat, frame: JSON) -> JSON:
    """Ask the bot for choices."""
    channel = seat.place(frame)
    choices = await seat.desk.people.autocomplete(
        seat.person(channel),
        channel,
        str(frame["command"]),
        option=str(frame["option"]),
        value=str(frame["value"]),
        options=frame.get("options") or {},
    )
    return {"choices": choices}


async def use(seat: Seat, frame: JSON) -> JSON:
    """Use a command of a message's or a member's menu."""
    channel, name = seat.place(frame), str(frame["command"])
    if frame.get("message"):
        target: Any = seat.message(frame)
    else:
        target = seat.entity(channel, USER, frame["user"])
    return _shown(seat, await seat.desk.people.use_on(seat.person(channel), channel, name, target))


async def click(seat: Seat, frame: JSON) -> JSON:
    """Press a button."""
    channel, message = seat.place(frame), seat.message(frame)
    person, name = seat.person(channel), str(frame["name"])
    return _shown(seat, await seat.desk.people.click(person, message, name))


async def choose(seat: Seat, frame: JSON) -> JSON:
    """Pick from a select."""
    channel, message, name = seat.place(frame), seat.message(frame), str(frame["name"])
    parts = [part for part in walk(message.components) if part.get("custom_id") == name]
    values = _picked(seat, channel, parts, frame["values"])
    return _shown(seat, await seat.desk.people.choose(seat.person(channel), message, name, values))


async def submit(seat: Seat, frame: JSON) -> JSON:
    """Send a form; it stays open when that fails."""
    modal = seat.modals.get(str(frame["modal"]))
    if modal is None:
        raise SandboxError("the form is no longer open")
    channel = modal.interaction.channel
    parts = {p["custom_id"]: p for p in walk(modal.components) if p.get("custom_id")}
    values = {
        name: _picked(seat, channel, [parts[name]], value) if isinstance(value, list) else value
        for name, value in frame["values"].items()
    }
    done = await seat.desk.people.submit(seat.person(channel), modal, values)
    del seat.modals[str(frame["modal"])]
    return _shown(seat, done)


def close(seat: Seat, frame: JSON) -> JSON:
    """Put a form away; the application hears nothing of it."""
    seat.modals.pop(str(frame["modal"]), None)
    return {}


def _shown(seat: Seat, done: Run) -> JSON:
    modal = done.modal
    if modal is None:
        return {}
    key = str(modal.interaction.id)
    seat.modals[key] = modal
    shown = {"id": key, "title": modal.title, "components": modal.components}
    return {"modal": shown}


def _entered(seat: Seat, channel: Channel, typed: str, given: JSON) -> JSON:
    available = seat.world.application.available(channel.guild_id)
    kinds = {each["name"]: each["type"] for each in options.pick(available, typed).options}
    return {name: _value(seat, channel, kinds.get(name), value) for name, value in given.items()}


def _value(seat: Seat, channel: Channel, kind: int | None, value: Any) -> Any:
    if kind == ATTACHMENT:
        return _files(seat, [value])[0]
    return seat.entity(channel, kind, value) if kind in ENTITIES else value


def _files(seat: Seat, told: Iterable[JSON]) -> list[File]:
    """Unpack the files that a page sends.

    Raises:
        SandboxError: one is larger than an upload may be.
    """
    files = [
        File(str(each["name"]), base64.b64decode(each["data"], validate=True), index)
        for index, each in enumerate(told)
    ]
    if any(len(each.data) > seat.desk.stage.upload_limit for each in files):
        raise SandboxError("the file is too large to upload")
    return files


def _picked(seat: Seat, channel: Channel, parts: list[JSON], values: Iterable[Any]) -> list[Any]:
    """Turn what was picked in a select of users, roles or channels, or uploaded, into that."""
    if parts and parts[0]["type"] == FILE_UPLOAD:
        return _files(seat, values)
    kind = TAKES.get(parts[0]["type"]) if parts else None
    return [seat.entity(channel, kind, each) if kind else each for each in values]
