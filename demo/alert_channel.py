"""Messages in #alerts and the reply of /debug alerts → open and ended incidents."""

from __future__ import annotations

import re

from discord_sandbox import Channel, Message

INCIDENT = re.compile(r"^Incident #(\d+) ", re.MULTILINE)
ENDED = re.compile(r"\bResolved: ")
QUEUED = re.compile(r"\b\d+ posts? queued\b")
OPEN = re.compile(r"\bAlerts · (?:(\d+) (?:open|about to fire)|all quiet)")


def heading(message: Message) -> str:
    """Return the line that says what a message is about, which a mention may precede."""
    lines = message.text.splitlines()
    return next((line for line in lines if not line.startswith("<@")), "")


def incident(message: Message) -> int | None:
    """Return the number of the incident that a message is about, as it has it at its foot."""
    found = INCIDENT.search(message.text)
    return int(found[1]) if found else None


def ends(alerts: Channel) -> dict[int, Message]:
    """Return the first message that shows the end of each incident, by its number."""
    found: dict[int, Message] = {}
    for message in alerts.messages:
        number = incident(message)
        if number is not None and ENDED.search(heading(message)):
            found.setdefault(number, message)
    return found


def is_behind(listed: str) -> bool:
    """Return whether #alerts does not show everything yet, as the answer of /debug alerts says."""
    return bool(QUEUED.search(listed))


def open_incidents(listed: str) -> int:
    """Return how many incidents are open, or else about to be, as the answer of /debug alerts says.

    Raises:
        ValueError: the text does not say so.
    """
    found = OPEN.search(listed)
    if not found:
        raise ValueError(f"this does not say what is open: {listed[:200]}")
    return int(found[1] or 0)
