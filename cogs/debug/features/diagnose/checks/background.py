"""Check: loops that have failed or are late, tasks that grow in number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.debugcog.diagnosis.findings import Finding, critical, warning
from services.debugcog.tasks.groups import Group
from services.debugcog.tasks.loop_row import LoopRow
from services.debugcog.units import duration

SEE = "See `/debug tasks`"


def background(loops: Iterable[LoopRow], groups: Iterable[Group]) -> Iterator[Finding]:
    """Look at both."""
    for row in loops:
        name = f"{row.name} of {row.owner}"
        if row.state == "failed":
            error = f"{name}: {row.error or 'an error'}"
            fix = f"{SEE}: it can be restarted there. An error of a loop ends it for good."
            yield critical("A loop has failed and does not run any more", error, fix=fix)
        elif row.state == "retrying":
            yield warning("A loop fails and tries again", name, fix=f"{SEE} and `/debug errors`.")
        elif row.state == "late":
            fix = f"{SEE}: give it a longer interval, or make its runs shorter."
            yield warning("A loop is late", f"{name}, by {duration(row.late)}", fix=fix)
    for group in groups:
        if group.growth is not None:
            more, seconds = group.growth.more, duration(group.growth.seconds)
            what = f"{group.key.name}: {len(group.tasks):,}, {more:,} more than {seconds} ago"
            fix = f"{SEE}: await or cancel these tasks; they wait for something that never comes."
            yield warning("The number of tasks keeps growing", what, fix=fix)
