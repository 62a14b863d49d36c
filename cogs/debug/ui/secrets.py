"""Reply, Form or choices → the same without secrets: what is about to be sent, after all else.

Everything in them was redacted before it was kept. This is the second gate, for what came another
way: it sees the final strings, in which nothing is cut off any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from cogs.debug.ui.actions import VALUE_MAX
from cogs.debug.ui.escaping import visible
from cogs.debug.ui.reply import OPTION_TEXT_MAX, Button, Form, Menu, Option, Reply
from services.debugcog.charting.picture_spec import with_texts
from services.debugcog.exceptions import storable
from services.debugcog.wording import clip

Redact = Callable[[str], str]


def clean_reply(reply: Reply, redact: Redact) -> Reply:
    """Redact the texts of a reply: content, embeds, controls, chart, and what files are called."""
    redact = _sendable(redact)
    return replace(
        reply,
        content=redact(reply.content),
        embeds=tuple(_embed(embed, redact) for embed in reply.embeds),
        controls=tuple(_control(control, redact) for control in reply.controls),
        chart=with_texts(reply.chart, redact) if reply.chart else None,
        files=tuple(
            replace(file, name=redact(file.name), description=redact(file.description))
            for file in reply.files
        ),
    )


def clean_form(form: Form, redact: Redact) -> Form:
    """Redact the texts of a form, also those that stand in its lines at first."""
    redact = _sendable(redact)
    inputs = (
        replace(line, label=redact(line.label), value=redact(line.value)) for line in form.inputs
    )
    return replace(form, title=redact(form.title), inputs=tuple(inputs))


def choices(names: Iterable[tuple[str, str]], redact: Redact) -> list[app_commands.Choice[str]]:
    """Make the choices of an autocompletion, one line each, without what steers a reader's eye.

    One whose value would be changed is left out, for Discord sends it back as it is; one that is
    too long, for Discord would refuse them all.
    """
    redact = _sendable(redact)
    return [
        app_commands.Choice(name=clip(_line(redact(name)), OPTION_TEXT_MAX) or "?", value=value)
        for name, value in names
        if redact(value) == value == visible(value) and len(value) <= VALUE_MAX
    ]


def _sendable(redact: Redact) -> Redact:
    """Let the texts be such as JSON can bring to Discord, too."""
    return lambda text: storable(redact(text))


def _line(text: str) -> str:
    return " ".join(visible(text).split())


def _embed(embed: discord.Embed, redact: Redact) -> discord.Embed:
    return discord.Embed.from_dict(_mapped(embed.to_dict(), redact))


def _mapped(value: Any, redact: Redact) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _mapped(one, redact) for key, one in value.items()}
    return [_mapped(one, redact) for one in value] if isinstance(value, list) else value


def _control(control: Button | Menu, redact: Redact) -> Button | Menu:
    if isinstance(control, Button):
        return replace(control, label=redact(control.label))
    options = tuple(_option(option, redact) for option in control.options)
    return replace(control, placeholder=redact(control.placeholder), options=options)


def _option(option: Option, redact: Redact) -> Option:
    """Put label and description on one line each; Discord takes no empty ones."""
    description = _line(redact(option.description or "")) or None
    return replace(option, label=_line(redact(option.label)) or "?", description=description)
