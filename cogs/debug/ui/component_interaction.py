"""discord.Interaction → ComponentInteraction: an action's name and argument, form input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import discord

from cogs.debug.ui import actions
from services.debugcog.frozen import frozen
from services.debugcog.guard import guard
from services.debugcog.wording import clip

SHOWN = 40


@frozen
class ComponentInteraction:
    """What somebody did with a control.

    Attributes:
        name: of the control's action.
        argument: of the action, or the choice of a menu.
        texts: of a form that was sent, by the name of their input; None for a button or a menu.
    """

    name: str
    argument: str
    texts: Mapping[str, str] | None = None

    @property
    def family(self) -> str:
        """Return the first part of the name, by which a control of another version is known."""
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        """Describe it in one line, for the audit log."""
        texts = (f"{name}={clip(text, SHOWN)!r}" for name, text in (self.texts or {}).items())
        return " ".join(filter(None, (self.name, self.argument, *texts)))


def component_interaction_of(interaction: discord.Interaction) -> ComponentInteraction | None:
    """Read a pressed button, a menu's choice or a sent form; None when it is not one of ours."""
    kinds = (discord.InteractionType.component, discord.InteractionType.modal_submit)
    if interaction.type not in kinds:
        return None
    data = cast("dict[str, Any]", interaction.data)
    found = actions.parse_custom_id(data["custom_id"])
    if found is None:
        return None
    name, argument = found
    if interaction.type is discord.InteractionType.modal_submit:
        return ComponentInteraction(name, argument, dict(_texts(data["components"])))
    values = data.get("values")
    return ComponentInteraction(name, str(values[0]) if values else argument)


@guard(False)
def is_hosts(interaction: discord.Interaction) -> bool:
    """Return whether the control belongs to a view of the host's; discord.py answers with that.

    Nothing of ours is among the views that discord.py keeps: see ``views.view_of``.
    """
    store = interaction._state._view_store  # noqa: SLF001 - the bot shows its persistent views only
    kept, data = vars(store), cast("dict[str, Any]", interaction.data)
    if interaction.type is discord.InteractionType.modal_submit:
        return data["custom_id"] in kept["_modals"]
    item = data["component_type"], data["custom_id"]
    message = interaction.message.id if interaction.message else None
    patterns = (pattern.fullmatch(data["custom_id"]) for pattern in kept["_dynamic_items"])
    return any(item in kept["_views"].get(of, ()) for of in (message, None)) or any(patterns)


def _texts(components: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Find the inputs of a form, in labels or in rows."""
    for component in components:
        inner = component.get("components") or [component.get("component") or {}]
        for one in inner:
            if "value" in one:
                yield str(one.get("custom_id")), str(one["value"])
