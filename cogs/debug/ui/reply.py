"""Reply, the frozen result of every renderer, and Discord's limits as named constants."""

from __future__ import annotations

from enum import Enum

import discord

from cogs.debug.ui.actions import Action
from services.debugcog.charting.picture_spec import Picture
from services.debugcog.frozen import frozen
from services.debugcog.wording import clip

# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
CONTENT_MAX = 2000
TITLE_MAX = 256
DESCRIPTION_MAX = 4096
FIELDS_MAX = 25
FIELD_NAME_MAX = 256
FIELD_VALUE_MAX = 1024
FOOTER_MAX = 2048
EMBEDS_TOTAL_MAX = 6000
# https://discord.com/developers/docs/components/reference
OPTIONS_MAX = 25
LABEL_MAX = 80
OPTION_TEXT_MAX = 100
# https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
FORM_TITLE_MAX = 45
INPUT_LABEL_MAX = 45


class Colour(Enum):
    """Colour bar of an embed, by what it says."""

    NEUTRAL = 0x5865F2
    GOOD = 0x23A55A
    WARNING = 0xF0B232
    CRITICAL = 0xF23F43
    MUTED = 0x80848E


@frozen
class Button:
    """A button; its state is in its custom id, so that it works after a restart."""

    label: str
    action: Action
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    row: int | None = None
    disabled: bool = False


@frozen
class Option:
    """One line of a menu."""

    label: str
    action: Action
    description: str | None = None
    chosen: bool = False


@frozen
class Menu:
    """A select menu with a single choice; all options have actions of one class."""

    placeholder: str
    options: tuple[Option, ...]
    row: int | None = None


@frozen
class Input:
    """One line of a form.

    Attributes:
        name: under which the text comes back.
        label: above it.
        value: what stands in it at first.
        longest: characters that it takes.
    """

    name: str
    label: str
    value: str = ""
    longest: int = 100


@frozen
class Form:
    """A form that a control opens; it comes back as ``action`` with its texts."""

    title: str
    action: Action
    inputs: tuple[Input, ...]


@frozen
class Attachment:
    """A file that goes along with the reply."""

    name: str
    content: bytes
    description: str = ""


@frozen
class Reply:
    """One answer: embeds and controls at once, the chart when it is drawn.

    Attributes:
        embeds, content, controls, chart, files: what it shows.
        progress: whether it says how far something has come. A message that is refreshed for that
            ends with the first reply that does not.
    """

    embeds: tuple[discord.Embed, ...] = ()
    content: str = ""
    controls: tuple[Button | Menu, ...] = ()
    chart: Picture | None = None
    files: tuple[Attachment, ...] = ()
    progress: bool = False


def done(text: str, *controls: Button) -> Reply:
    """Answer that something was done, in one line, with what can be done about it."""
    return Reply(content=clip(text, CONTENT_MAX), controls=controls)


def problem(text: str) -> Reply:
    """Answer that something cannot be done, in a sentence that names the fix."""
    embed = discord.Embed(description=clip(text, DESCRIPTION_MAX), colour=Colour.CRITICAL.value)
    return Reply(embeds=(embed,))
