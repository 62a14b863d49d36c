"""discord.Interaction → ComponentInteraction: action, argument, and a form's texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import discord

from cogs.debug.ui.reply import clip, parse_custom_id

SHOWN = 40
LONGEST_SECONDS = 7 * 86_400.0
LARGEST = 2**63 - 1


class ControlError(ValueError):
    """A control's custom id is not one that this version makes."""


@dataclass(frozen=True, slots=True)
class ComponentInteraction:
    """What somebody wants of a control.

    Attributes:
        action: the control's.
        argument: the control's, or the choice of a menu.
        texts: of a form that was sent, by the name of their input; None for a button or a menu.
    """

    action: str
    argument: str
    texts: Mapping[str, str] | None = None

    def __str__(self) -> str:
        """Tell it in one line, for the audit."""
        texts = (f"{name}={clip(text, SHOWN)!r}" for name, text in (self.texts or {}).items())
        return " ".join(filter(None, (self.action, self.argument, *texts)))


def component_interaction_of(interaction: discord.Interaction) -> ComponentInteraction | None:
    """Read a press of a button, a choice of a menu or a form; None when it is not one of ours."""
    kinds = (discord.InteractionType.component, discord.InteractionType.modal_submit)
    if interaction.type not in kinds:
        return None
    data = cast("dict[str, Any]", interaction.data)
    found = parse_custom_id(data["custom_id"])
    if found is None:
        return None
    action, argument = found
    if interaction.type is discord.InteractionType.modal_submit:
        return ComponentInteraction(action, argument, dict(_texts(data["components"])))
    values = data.get("values")
    return ComponentInteraction(action, str(values[0]) if values else argument)


def _texts(components: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Find the inputs of a form, in labels or in rows."""
    for component in components:
        inner = component.get("components") or [component.get("component") or {}]
        for one in inner:
            if "value" in one:
                yield str(one.get("custom_id")), str(one["value"])


def number(text: str) -> int:
    """Read a number of an argument.

    Raises:
        ControlError: it is none.
    """
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST):
        raise ControlError(f"no number {text!r}")
    return int(text)


def duration(text: str) -> float:
    """Read the seconds of an argument, 7 days at most.

    Raises:
        ControlError: they are none.
    """
    seconds = float(number(text))
    if seconds > LONGEST_SECONDS:
        raise ControlError(f"no duration {text!r}")
    return seconds
