"""Error groups of another state file → the same groups in this one, counted together."""

from __future__ import annotations

from dataclasses import replace

from services.debugcog.errors import tables
from services.debugcog.errors.groups import HOURS_KEPT, MINUTES_KEPT, latest
from services.debugcog.errors.rate_limit import RateLimit
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.state.merge import Fields, Merge

TABLE = "error_groups"


def take_in(merge: Merge) -> None:
    """Take in groups, events and the rate limit; each group keeps the card that it has here."""
    ours, theirs = (tables.load_rate_limit(one) for one in (merge.target, merge.source))
    shift = ours.digest if merge.newer else -1 - theirs.digest  # the open one keeps its number
    merge.shifts["error_storm"] = shift
    merge.read.add("error_storm")
    if merge.newer:
        tables.save_rate_limit(merge.target, _limit(ours, theirs))
    for fields in merge.rows("error_events"):
        merge.add("error_events", fields)
    merge.add_all("error_aliases")
    for fields in merge.rows(TABLE):
        _take_in_group(merge, {**fields, "digest": _digest(fields["digest"], shift)})


def _take_in_group(merge: Merge, fields: Fields) -> None:
    ours = tables.load_group(merge.target, fields["fingerprint"])
    if ours is None:
        merge.add(TABLE, fields, over=True)
        return
    theirs = tables.load_group(merge.source, fields["fingerprint"])
    if theirs is not None:
        tables.save_group(merge.target, _together(ours, theirs, newer=merge.newer))


def _limit(ours: RateLimit, theirs: RateLimit) -> RateLimit:
    if theirs.digest:
        return replace(theirs, digest=ours.digest + theirs.digest)
    return replace(ours, tokens=theirs.tokens, refilled=theirs.refilled)


def _digest(number: int, shift: int) -> int:
    return number + shift if number else 0


def _together(ours: ErrorGroup, theirs: ErrorGroup, *, newer: bool) -> ErrorGroup:
    later = theirs if newer else ours
    carded = ours if ours.posted else theirs
    return replace(
        later,
        first_seen=min(ours.first_seen, theirs.first_seen),
        last_seen=max(ours.last_seen, theirs.last_seen),
        count=ours.count + theirs.count,
        hours=latest([*ours.hours, *theirs.hours], HOURS_KEPT),
        minutes=latest([*ours.minutes, *theirs.minutes], MINUTES_KEPT),
        posted=carded.posted,
        edited=carded.edited,
        reported_count=carded.reported_count,
        event=later.event or ours.event or theirs.event,
    )
