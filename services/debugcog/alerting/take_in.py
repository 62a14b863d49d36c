"""Incidents, rules and runs of another state file → rows of this one, where they go on or end."""

from __future__ import annotations

import json
from dataclasses import replace

from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting import runs
from services.debugcog.alerting.death import NO_EVIDENCE
from services.debugcog.alerting.incidents import Incident, Notice, close, encode
from services.debugcog.alerting.lost_incidents import restore_or_end
from services.debugcog.alerting.notices import post_notice
from services.debugcog.state.merge import Fields, Merge
from services.debugcog.steady_clock import Timestamp


def mend(merge: Merge) -> None:
    """Let no open incident get lost for its damaged row; to be called before posts are taken in."""
    restore_or_end(merge.source, Timestamp(merge.now, merge.now))


def take_in(merge: Merge) -> None:
    """Take in all of alerting; to be called when the posts have been taken in."""
    for table in ("changes", "rule_changes"):
        merge.append(table)
    _take_in_silences(merge)
    here = {one.rule: one for one in store.last_incidents(merge.target).values() if one.open}
    states = {fields["rule"]: fields for fields in merge.rows("rule_states")}
    merge.read.add("incidents")
    for incident in store.all_incidents(merge.source):
        _take_in_incident(merge, incident, here.get(incident.rule))
    for rule, fields in states.items():
        if rule not in here:  # else what is open here goes on
            merge.add("rule_states", fields, over=merge.newer or _is_open(merge, rule))
    _take_in_runs(merge)


def _is_open(merge: Merge, rule: str) -> bool:
    sql = "SELECT 1 FROM incidents WHERE rule = ? AND open = 1"
    return merge.target.execute(sql, (rule,)).fetchone() is not None


def _take_in_silences(merge: Merge) -> None:
    merge.read.add("silences")
    ours = store.load_silences(merge.target)
    for rule, silence in store.load_silences(merge.source).items():
        if merge.newer or rule not in ours:
            store.add_silence(merge.target, silence)


def _take_in_incident(merge: Merge, theirs: Incident, ours: Incident | None) -> None:
    """Let an open one go on, unless one of its rule is open here: then it ends, and says so."""
    number = theirs.id + merge.shift("incidents")
    incident = replace(theirs, id=number)
    timestamp = Timestamp(merge.now, merge.now)
    if incident.open and ours:
        incident = close(incident, f"goes on as incident {ours.id}", timestamp)
    body = json.dumps(encode(incident))
    merge.add(
        "incidents", _row(merge, theirs.id, {"id": number, "open": incident.open, "body": body})
    )
    _rename_waiting(merge, theirs.id, number)
    if theirs.open and incident.announced:  # the card's buttons name the incident by its number
        notice = Notice("restore", "changed") if incident.open else Notice("show", "ended")
        post_notice(merge.target, incident, notice, merge.now)


def _row(merge: Merge, number: int, changed: Fields) -> Fields:
    found = merge.source.execute("SELECT * FROM incidents WHERE id = ?", (number,)).fetchone()
    return {**dict(found), **changed}


def _rename_waiting(merge: Merge, old: int, new: int) -> None:
    """Let posts that Discord has not seen yet name the incident as it is called here."""
    merge.target.execute(
        "UPDATE outbox SET body = json_set(body, '$.incident.id', ?),"
        " title = replace(title, ?, ?)"
        " WHERE subject = ? AND state = 'queued' AND tried = 0 AND json_valid(body)",
        (new, f"#{old} ", f"#{new} ", f"incident:{new}"),
    )


def _take_in_runs(merge: Merge) -> None:
    shift = merge.shift("runs")
    last = runs.last_run(merge.source)
    if last is not None and not last.stopped and not merge.newer:  # nobody starts who would say so
        timestamp = Timestamp(merge.now, merge.now)
        left = runs.crash_of(merge.source, last, timestamp, NO_EVIDENCE)
        crash = replace(left, number=last.id + shift)
        runs.keep_crash(merge.target, crash)
        runs.notice(merge.target, crash, timestamp)
    for fields in merge.rows("runs"):
        merge.add("runs", {**fields, "id": fields["id"] + shift})
    merge.read.add("run_vitals")  # of runs that are over
    for fields in merge.rows("crashes"):
        merge.add("crashes", {**fields, "run": fields["run"] + shift})
