"""Check: privileged intents that the bot asks for, against those that its application has."""

from __future__ import annotations

from collections.abc import Iterator

from discord.ext import commands

from services.debugcog.diagnosis.findings import Finding, UnknownError, critical, warning

PRIVILEGED = {
    "presences": ("Presence Intent", ("gateway_presence", "gateway_presence_limited")),
    "members": (
        "Server Members Intent",
        ("gateway_guild_members", "gateway_guild_members_limited"),
    ),
    "message_content": (
        "Message Content Intent",
        ("gateway_message_content", "gateway_message_content_limited"),
    ),
}
"""Intent of discord.py → its name in the Developer Portal, and the flags that allow it."""
PORTAL = "in the Developer Portal, under Bot"


def intents(bot: commands.Bot) -> Iterator[Finding]:
    """Compare the intents of the code with those of the application.

    Raises:
        UnknownError: the bot is not logged in.
    """
    flags = bot.application_flags
    if bot.application_id is None:
        raise UnknownError("the bot is not logged in yet")
    for name, (title, allowing) in PRIVILEGED.items():
        if getattr(bot.intents, name) and not any(getattr(flags, flag) for flag in allowing):
            fix = f"Enable “{title}” {PORTAL}, or set `intents.{name} = False`."
            yield critical("An intent is asked for that is not enabled", title, fix=fix)
    if not bot.intents.message_content and (names := _prefix_commands(bot)):
        shown = ", ".join(names[:5])
        fix = (
            "Set `intents.message_content = True`, and enable “Message Content Intent” "
            f"{PORTAL}; without it these commands answer to a mention only."
        )
        yield warning("Prefix commands do not see what people write", shown, fix=fix)
    if not bot.intents.guilds:
        fix = "Set `intents.guilds = True`: channels, roles and permissions are unknown without."
        yield warning("The bot does not know its servers", "intents.guilds is False", fix=fix)


def _prefix_commands(bot: commands.Bot) -> list[str]:
    """List the prefix commands that need the content of messages, but for the help."""
    if bot.command_prefix in (commands.when_mentioned, (), ""):
        return []
    return sorted(
        command.qualified_name
        for command in bot.commands
        if not isinstance(command, commands.HybridCommand) and command.name != "help"
    )
