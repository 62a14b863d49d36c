"""Page command (say, click, run, …) → the same action, performed as the page's user."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from discord_sandbox.page.viewer import CHANNEL, MENTIONABLE, ROLE, USER, Viewer
from discord_sandbox.people import commands, options
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


async def say(viewer: Viewer, frame: JSON) -> JSON:
    """Write a message, or a reply."""
    channel, text = viewer.place(frame), str(frame["text"]).strip()
    files = _files(viewer, frame.get("files") or [])
    if len(text) > CONTENT_LIMIT or not (text or files):
        raise SandboxError(f"a message has 1 to {CONTENT_LIMIT} characters")
    answered = channel.find(int(frame["to"])) if frame.get("to") else None
    person = viewer.person(channel)
    await viewer.context.people.say(person, channel, text, files=files, reply_to=answered)
    return {}


async def typing(viewer: Viewer, frame: JSON) -> JSON:
    """Start the typing indicator."""
    channel = viewer.place(frame)
    await viewer.context.people.begin_typing(viewer.person(channel), channel)
    return {}


async def react(viewer: Viewer, frame: JSON) -> JSON:
    """Add a reaction to a message, or remove the viewer's own."""
    channel, message, emoji = viewer.place(frame), viewer.message(frame), str(frame["emoji"])
    if viewer.user.id in message.reactions.get(emoji, ()):
        reacting.unreact(viewer.world, channel, message, emoji, viewer.user)
    else:
        await viewer.context.people.react(viewer.person(channel), message, emoji)
    return {}


def delete(viewer: Viewer, frame: JSON) -> JSON:
    """Delete a message: the viewer's own, or any with the permission to manage messages."""
    channel, message = viewer.place(frame), viewer.message(frame)
    if message.author is not viewer.user:
        viewer.context.stage.need(viewer.person(channel), channel, Permission.MANAGE_MESSAGES)
    posting.delete(viewer.world, channel, message)
    return {}


async def run(viewer: Viewer, frame: JSON) -> JSON:
    """Run a slash command."""
    channel, typed = viewer.place(frame), str(frame["command"])
    values = _entered(viewer, channel, typed, frame.get("options") or {})
    done = await viewer.context.people.run_command(viewer.person(channel), channel, typed, values)
    return _shown(viewer, done)


async def complete(viewer: Viewer, frame: JSON) -> JSON:
    """Return the choices of an autocompleted option."""
    channel = viewer.place(frame)
    choices = await viewer.context.people.autocomplete(
        viewer.person(channel),
        channel,
        str(frame["command"]),
        option=str(frame["option"]),
        value=str(frame["value"]),
        options=frame.get("options") or {},
    )
    return {"choices": choices}


async def use(viewer: Viewer, frame: JSON) -> JSON:
    """Run a command of a message's or a member's context menu."""
    channel, name = viewer.place(frame), str(frame["command"])
    if frame.get("message"):
        target: Any = viewer.message(frame)
    else:
        target = viewer.entity(channel, USER, frame["user"])
    person = viewer.person(channel)
    return _shown(viewer, await viewer.context.people.use_on(person, channel, name, target))


async def click(viewer: Viewer, frame: JSON) -> JSON:
    """Press a button."""
    channel, message = viewer.place(frame), viewer.message(frame)
    person, name = viewer.person(channel), str(frame["name"])
    return _shown(viewer, await viewer.context.people.click(person, message, name))


async def choose(viewer: Viewer, frame: JSON) -> JSON:
    """Pick from a select."""
    channel, message, name = viewer.place(frame), viewer.message(frame), str(frame["name"])
    parts = [part for part in walk(message.components) if part.get("custom_id") == name]
    values = _picked(viewer, channel, parts, frame["values"])
    person = viewer.person(channel)
    return _shown(viewer, await viewer.context.people.choose(person, message, name, values))


async def submit(viewer: Viewer, frame: JSON) -> JSON:
    """Submit a modal; it stays open when that fails."""
    modal = viewer.modals.get(str(frame["modal"]))
    if modal is None:
        raise SandboxError("the form is no longer open")
    channel = modal.interaction.channel
    parts = {p["custom_id"]: p for p in walk(modal.components) if p.get("custom_id")}
    values = {
        name: _picked(viewer, channel, [parts[name]], value) if isinstance(value, list) else value
        for name, value in frame["values"].items()
    }
    done = await viewer.context.people.submit(viewer.person(channel), modal, values)
    del viewer.modals[str(frame["modal"])]
    return _shown(viewer, done)


def close(viewer: Viewer, frame: JSON) -> JSON:
    """Dismiss a modal; the application is not notified."""
    viewer.modals.pop(str(frame["modal"]), None)
    return {}


def _shown(viewer: Viewer, done: Run) -> JSON:
    modal = done.modal
    if modal is None:
        return {}
    key = str(modal.interaction.id)
    viewer.modals[key] = modal
    shown = {"id": key, "title": modal.title, "components": modal.components}
    return {"modal": shown}


def _entered(viewer: Viewer, channel: Channel, typed: str, given: JSON) -> JSON:
    available = commands.here(viewer.context.stage, viewer.person(channel), channel)
    kinds = {each["name"]: each["type"] for each in options.pick(available, typed).options}
    return {name: _value(viewer, channel, kinds.get(name), value) for name, value in given.items()}


def _value(viewer: Viewer, channel: Channel, kind: int | None, value: Any) -> Any:
    if kind == ATTACHMENT:
        return _files(viewer, [value])[0]
    return viewer.entity(channel, kind, value) if kind in ENTITIES else value


def _files(viewer: Viewer, sent: Iterable[JSON]) -> list[File]:
    """Unpack the files that a page sends.

    Raises:
        SandboxError: one is larger than an upload may be.
    """
    files = [
        File(str(each["name"]), base64.b64decode(each["data"], validate=True), index)
        for index, each in enumerate(sent)
    ]
    if any(len(each.data) > viewer.context.stage.upload_limit for each in files):
        raise SandboxError("the file is too large to upload")
    return files


def _picked(
    viewer: Viewer, channel: Channel, parts: list[JSON], values: Iterable[Any]
) -> list[Any]:
    """Turn what was picked in a select of users, roles or channels, or uploaded, into that."""
    if parts and parts[0]["type"] == FILE_UPLOAD:
        return _files(viewer, values)
    kind = TAKES.get(parts[0]["type"]) if parts else None
    return [viewer.entity(channel, kind, each) if kind else each for each in values]
