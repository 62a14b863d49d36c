"""Outbox of another state file → its posts and cards in this one, renumbered."""

from __future__ import annotations

from services.debugcog.outbox.dispatch import LEASE
from services.debugcog.state.merge import Fields, Merge

NUMBERED = {"incident": "incidents", "crash": "runs", "digest-errors": "error_storm"}
"""What a subject is about that has a number in its file → the table that numbers it."""


def take_in(merge: Merge) -> None:
    """Take in what waits, and what was said; a nonce that is here already was taken in before."""
    shift = merge.shift("outbox")
    for fields in merge.rows("outbox"):
        merge.add("outbox", _renumbered(merge, {**_released(fields), "id": fields["id"] + shift}))
    for fields in merge.rows("cards"):
        merge.add("cards", _renumbered(merge, fields))


def _renumbered(merge: Merge, fields: Fields) -> Fields:
    kind, _, number = str(fields["subject"]).partition(":")
    if kind not in NUMBERED or not number.lstrip("-").isdecimal():
        return fields
    return {**fields, "subject": f"{kind}:{int(number) + merge.shift(NUMBERED[kind])}"}


def _released(fields: Fields) -> Fields:
    """Queue what the other process was sending when it ended: Discord may have taken it."""
    if fields["state"] == "sending":
        fields = {**fields, "state": "queued", "tried": fields["tried"] or fields["lease"] - LEASE}
    return {**fields, "not_before": 0.0}
