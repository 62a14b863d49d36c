"""Close code of the gateway → what it means and what to do, in plain English."""

from __future__ import annotations

from collections.abc import Mapping

from services.debugcog.frozen import frozen


@frozen
class Meaning:
    """What a close code says.

    Attributes:
        text: what happened.
        fix: what to do; empty where nothing is to be done.
        fatal: Discord lets nobody connect again with what was sent.
    """

    text: str
    fix: str = ""
    fatal: bool = False


BUG = "Update discord.py; if it goes on, report it there."
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
MEANINGS: Mapping[int, Meaning] = {
    1000: Meaning("Discord closed the connection normally"),
    1001: Meaning("Discord went away, as when it restarts a server"),
    1006: Meaning(
        "the connection broke without a goodbye",
        "If it happens often, look at the network of this machine.",
    ),
    4000: Meaning("unknown error at Discord"),
    4001: Meaning("Discord did not know what was sent (unknown opcode)", BUG),
    4002: Meaning("Discord could not read what was sent (decode error)", BUG),
    4003: Meaning("something was sent before the login", BUG),
    4004: Meaning(
        "the token was refused", "Put a new token of the Developer Portal into .env.", fatal=True
    ),
    4005: Meaning("logged in twice on one connection", BUG),
    4007: Meaning("the session could not be resumed (invalid sequence)"),
    4008: Meaning(
        "the bot sent too much to the gateway",
        "Change presence, voice state and member requests less often: at most 120 per minute.",
    ),
    4009: Meaning("the session timed out"),
    4010: Meaning("invalid shard", "Correct shard_id and shard_count.", fatal=True),
    4011: Meaning("too many servers for one shard", "Use commands.AutoShardedBot.", fatal=True),
    4012: Meaning("this version of the API is gone", "Update discord.py.", fatal=True),
    4013: Meaning("invalid intents", "Correct the intents that the bot asks for.", fatal=True),
    4014: Meaning(
        "a privileged intent is not enabled",
        "Enable it in the Developer Portal under Bot, or do not ask for it.",
        fatal=True,
    ),
}


def meaning(code: int | None) -> Meaning:
    """Explain a close code, also one that Discord does not document."""
    if code is None:
        return MEANINGS[1006]
    return MEANINGS.get(code) or Meaning("closed for a reason that Discord does not document")
