"""Coroutine function and texts → slash command.

The texts are no docstring, which ``python -OO`` takes away. ``app_commands.command`` looks for one
too, and wraps each text in it as if it were long, 0.05 ms for one, and a load makes 70.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from discord import app_commands

from cogs.debug.ui import edits

LIVE = "Refresh it by itself, for up to 14 minutes."
SHARE = "Show it to everybody in this channel."
"""What options say that many commands have."""

Function = Callable[..., Coroutine[Any, Any, None]]


class SlashCommand(app_commands.Command[Any, ..., None]):
    """A command whose failures end with its own handler: no handler of the host's hears of them.

    discord.py calls the tree's ``on_error`` after the command's handler, also where that has
    answered, and logs what a completion raises as an error of the bot. Both methods are private:
    where discord.py has none of that name, a command still runs behind its checks.
    """

    async def _invoke_with_namespace(self, interaction: Any, namespace: Any) -> None:
        failed: app_commands.AppCommandError
        try:
            await super()._invoke_with_namespace(interaction, namespace)
        except app_commands.AppCommandError as error:
            failed = error
        except Exception as error:  # noqa: BLE001 - of a check; told by the command's handler
            failed = app_commands.CommandInvokeError(self, error)
        else:
            return
        interaction.command_failed = True
        await self._invoke_error_handlers(interaction, failed)

    async def _invoke_autocomplete(self, *arguments: Any) -> None:
        try:
            await super()._invoke_autocomplete(*arguments)
        except Exception as error:  # noqa: BLE001 - told here; it is no error of the host
            edits.log_failure("Completion", error)


def slash_command(about: str, /, **options: str) -> Callable[[Function], SlashCommand]:
    """Make a decorator: a function's name and parameters, with texts, become a command.

    No text is longer than Discord's 100 characters.

    Args:
        about: what the command does.
        options: what each parameter is, by its name.
    """

    def decorate(function: Function) -> SlashCommand:
        texts = {name: app_commands.locale_str(text) for name, text in options.items()}
        described = app_commands.describe(**texts)(function) if texts else function
        return SlashCommand(name=function.__name__, description=about, callback=described)

    return decorate
