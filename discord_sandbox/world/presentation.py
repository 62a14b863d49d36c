"""Embeds and components as sent → the form in which Discord stores and shows them."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Mapping

from discord_sandbox.world.core import JSON
from discord_sandbox.world.messages import Attachment, Message, walk

ATTACHED = "attachment://"
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
ONE_VALUE = {"min_values": 1, "max_values": 1}
DEFAULTS: Mapping[int, JSON] = {
    **dict.fromkeys((3, 5, 6, 7, 8), ONE_VALUE),
    17: {"accent_color": None, "spoiler": False},
}
"""What each type of component has when it is not sent: docs/components/reference."""


def embed(sent: JSON) -> JSON:
    """Return an embed as it is kept."""
    kept = {key: copy.deepcopy(value) for key, value in sent.items() if value is not None}
    for field in kept.get("fields", ()):
        field.setdefault("inline", False)
    return {**kept, "type": "rich"}


def show_files(message: Message) -> None:
    """Point each ``attachment://`` at its file, which the message's own list then leaves out.

    An embed shows png, jpg, webp and gif only; what it cannot show is left out.
    Source: https://discord.com/developers/docs/reference#uploading-files.
    """
    by_name = {each.filename: each for each in message.attachments}
    for file in message.attachments:
        file.embedded = False
    for embed in message.embeds:
        for key in ("image", "thumbnail"):
            if key in embed and not _show_described(embed[key], by_name):
                del embed[key]
    for shown in _media(message.components):
        _show(shown, by_name, ("",))


def _show(picture: JSON, by_name: Mapping[str, Attachment], endings: tuple[str, ...]) -> bool:
    """Resolve one address; return whether there is something to show."""
    url = str(picture.get("url", ""))
    if not url.startswith(ATTACHED):
        return True
    file = by_name.get(url.removeprefix(ATTACHED))
    if file is None or not file.filename.lower().endswith(endings):
        return False
    file.embedded = True
    picture |= {"url": file.url, "proxy_url": file.url, "content_type": file.content_type}
    picture |= {"width": file.width or 0, "height": file.height or 0}
    return True


def _show_described(picture: JSON, by_name: Mapping[str, Attachment]) -> bool:
    """Resolve the address of an embed's picture, which also takes over the file's alt text."""
    file = by_name.get(str(picture.get("url", "")).removeprefix(ATTACHED))
    if file and file.description:
        picture["description"] = file.description
    return _show(picture, by_name, PICTURES)


def _media(components: list[JSON]) -> Iterable[JSON]:
    for component in walk(components):
        yield from (component[key] for key in ("media", "file") if key in component)
        yield from (item["media"] for item in component.get("items", ()))


def components(sent: list[JSON]) -> list[JSON]:
    """Return components as they are kept: with an id each, and with Discord's defaults."""
    made = copy.deepcopy(sent)
    used = {each["id"] for each in walk(made) if each.get("id")}
    free = (number for number in itertools.count(1) if number not in used)
    for each in walk(made):
        if not each.get("id"):
            each["id"] = next(free)
        for key, value in DEFAULTS.get(each["type"], {}).items():
            each.setdefault(key, value)
    return made
