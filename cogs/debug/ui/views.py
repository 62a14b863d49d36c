"""Reply or Form → discord.py objects: a view with stateless controls, files, a modal."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import ui

from cogs.debug.ui import uploads
from cogs.debug.ui.actions import PREFIX, custom_id, tagged
from cogs.debug.ui.reply import (
    FORM_TITLE_MAX,
    INPUT_LABEL_MAX,
    LABEL_MAX,
    OPTION_TEXT_MAX,
    OPTIONS_MAX,
    Attachment,
    Button,
    Form,
    Menu,
)
from services.debugcog.wording import clip


def view_of(controls: Sequence[Button | Menu], tag: str = "") -> ui.View:
    """Lay the controls out; a tag goes into the custom id of the first one.

    The view is stopped before it is sent: discord.py then keeps nothing of it. A click reaches the
    cog's ``on_interaction`` by the custom id of its control, after a restart too.
    """
    view = ui.View(timeout=None)
    for control in controls:
        item = _menu(control) if isinstance(control, Menu) else _button(control)
        if tag and not view.children:
            item.custom_id = tagged(item.custom_id or "", tag)
        view.add_item(item)
    view.stop()
    return view


def modal_of(form: Form) -> ui.Modal:
    """Make the modal; it is stopped as a view is, so that it comes to ``on_interaction`` too."""
    modal = ui.Modal(title=clip(form.title, FORM_TITLE_MAX), custom_id=custom_id(form.action))
    for line in form.inputs:
        text: ui.TextInput[ui.Modal] = ui.TextInput(
            custom_id=line.name, default=line.value[: line.longest], max_length=line.longest
        )
        modal.add_item(ui.Label(text=clip(line.label, INPUT_LABEL_MAX), component=text))
    modal.stop()
    return modal


def files_of(attachments: Sequence[Attachment]) -> list[discord.File]:
    """Make the files, each usable for one request."""
    return [
        discord.File(uploads.Upload(one.content), one.name, description=one.description or None)
        for one in attachments
    ]


def _button(button: Button) -> ui.Button[ui.View]:
    return ui.Button(
        label=clip(button.label, LABEL_MAX),
        style=button.style,
        custom_id=custom_id(button.action),
        row=button.row,
        disabled=button.disabled,
    )


def _menu(menu: Menu) -> ui.Select[ui.View]:
    select: ui.Select[ui.View] = ui.Select(
        custom_id=f"{PREFIX}:{menu.options[0].action.NAME}:",
        placeholder=clip(menu.placeholder, OPTION_TEXT_MAX),
        row=menu.row,
    )
    for option in menu.options[:OPTIONS_MAX]:
        select.add_option(
            label=clip(option.label, OPTION_TEXT_MAX),
            value=option.action.argument,
            description=clip(option.description, OPTION_TEXT_MAX) if option.description else None,
            default=option.chosen,
        )
    return select
