"""Discord error code → the error response with that code.

Sources: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json and
https://discord.com/developers/docs/reference#error-messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from discord_sandbox.world.core import JSON

Path = tuple[str | int, ...]

CODES: Mapping[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10026: (404, "Unknown Ban"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30007: (400, "Maximum number of webhooks reached (15)"),
    30010: (400, "Maximum number of reactions reached (20)"),
    30032: (400, "Maximum number of application commands reached (100)."),
    30034: (429, "Max number of daily application command creates has been reached (200)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
    30048: (400, "Maximum number of tags in a forum channel has been reached"),
    40005: (413, "Request entity too large"),
    40058: (400, "Cannot send a message in a forum channel"),
    40060: (400, "Interaction has already been acknowledged."),
    40061: (400, "Tag names must be unique"),
    40066: (400, "There are no tags available that can be set by non-moderators"),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50016: (400, "Provided too few or too many messages to delete (2 to 100)."),
    50027: (401, "Invalid Webhook Token"),
    50034: (400, "You can only bulk delete messages that are under 14 days old."),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with a body: where, Discord's code for it, and its words."""

    path: Path
    code: str
    message: str


@dataclass(slots=True, eq=False)
class Refusal(Exception):  # noqa: N818 - it is Discord's answer, not an error of the sandbox
    """The answer to a request that Discord would refuse."""

    code: int
    status: int
    message: str
    issues: tuple[Issue, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)  # further keys of the answer

    def body(self) -> JSON:
        """Return the answer's JSON, with the tree of ``errors`` where there are issues."""
        shown: JSON = {"message": self.message, "code": self.code, **self.more}
        if self.issues:
            shown["errors"] = tree(self.issues)
        return shown


def refuse(code: int, **more: Any) -> Refusal:
    """Return the refusal of a code in Discord's table."""
    status, message = CODES[code]
    return Refusal(code, status, message, (), more)


def invalid(issues: Iterable[Issue]) -> Refusal:
    """Return the refusal of a body."""
    status, message = CODES[50035]
    return Refusal(50035, status, message, tuple(issues))


def tree(issues: Iterable[Issue]) -> JSON:
    """Nest issues as Discord does: a key for each step, ``_errors`` at the end."""
    root: JSON = {}
    for issue in issues:
        node = root
        for step in issue.path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": issue.code, "message": issue.message})
    return root
