"""Menu to select one of the time windows of /debug."""

from __future__ import annotations

from collections.abc import Callable

from cogs.debug.ui.actions import Action
from cogs.debug.ui.reply import Menu, Option
from services.debugcog.windows import WINDOWS, Window


def window_menu(action: Callable[[Window], Action], window: Window) -> Menu:
    """Offer the windows, with the present one chosen."""
    options = tuple(
        Option(f"Last {text}", action(name), chosen=name == window)
        for name, (_, text) in WINDOWS.items()
    )
    return Menu("Window", options)
