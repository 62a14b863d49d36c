"""What a run died of, by what it left and what the system tells at the next start."""

from __future__ import annotations

import pytest

from services.debugcog.alerting.crash import Hang
from services.debugcog.alerting.death import Evidence, cause_of
from services.debugcog.process.vitals import Vitals

LAST = Vitals(boot="a", group="/g#1", group_kills=2, machine_kills=5, limit_mb=800.0, traced=True)
SAME = Evidence(vitals=LAST)
HANG = Hang(1_800_000_000.0, 42.0, "crunch (bot.py:12)")
TRACE = """Fatal Python error: Aborted

Thread 0x00007f0000000001 (most recent call first):
  File "/srv/bot/other.py", line 1 in other

Current thread 0x00007f0000000002 (most recent call first):
  File "/srv/bot/labbot.py", line 12 in crash
  File "/srv/bot/labbot.py", line 30 in work
  File "/usr/lib/python3.11/threading.py", line 982 in run
  File "/usr/lib/python3.11/threading.py", line 1045 in _bootstrap_inner
  File "/usr/lib/python3.11/threading.py", line 1002 in _bootstrap

Thread 0x00007f0000000003 (most recent call first):
  File "/srv/bot/labbot.py", line 99 in main
"""


def found(**changed: object) -> Evidence:
    fields = {name: getattr(LAST, name) for name in Vitals.__dataclass_fields__}
    return Evidence(vitals=Vitals(**{**fields, **changed}))


@pytest.mark.parametrize(
    ("memory", "evidence", "cause"),
    [
        (787.0, found(group_kills=3), "out of memory at 787 MB (limit 800 MB)"),
        (400.0, found(group_kills=3), "out of memory, last seen at 400 MB (limit 800 MB)"),
        (None, found(group_kills=3), "out of memory (limit 800 MB)"),
        (787.0, found(group="/g#2", group_kills=0, machine_kills=6), "out of memory at 787 MB"),
        (787.0, found(group="/g#2", group_kills=0), "killed, probably out of memory at 787 MB"),
        (300.0, found(group_kills=2, machine_kills=9), "killed from outside"),
        (300.0, found(boot="b", machine_kills=9), "the machine was restarted"),
    ],
    ids=["group", "before", "unknown", "new group", "near the limit", "another one", "boot"],
)
def test_the_counts_of_the_kernel_tell_of_memory(
    memory: float | None, evidence: Evidence, cause: str
) -> None:
    assert cause_of(memory, LAST, None, evidence).removesuffix(" (limit 800 MB)") == (
        cause.removesuffix(" (limit 800 MB)")
    )


def test_what_was_written_at_the_end_counts_more_than_what_was_counted() -> None:
    noted = "DebugCog at 1800000000.123: os._exit(3) in restart (bot.py:12)"
    assert cause_of(787.0, LAST, HANG, Evidence(noted, vitals=LAST)) == (
        "os._exit(3) in restart (bot.py:12)"
    )
    assert cause_of(787.0, LAST, HANG, Evidence(TRACE, vitals=LAST)) == (
        "Aborted in crash (labbot.py:12), in a thread that runs work"
    )


def test_a_note_that_was_taken_back_does_not_count() -> None:
    noted = "DebugCog at 1.000: os.execv in restart (bot.py:12)\nDebugCog at 1.001: "
    assert cause_of(100.0, LAST, None, Evidence(noted, vitals=LAST)) == "killed from outside"


def test_a_hang_that_had_not_ended_is_told_with_its_culprit() -> None:
    assert cause_of(300.0, LAST, HANG, SAME) == (
        "hung in crunch (bot.py:12) for 42 s until it was killed"
    )
    assert cause_of(300.0, LAST, Hang(0.0, 42.0), found(boot="b")) == (
        "hung for 42 s until the machine was restarted"
    )


def test_where_nothing_tells_nothing_is_made_up() -> None:
    assert cause_of(300.0, None, None, Evidence()) == ""
    assert cause_of(300.0, Vitals(), None, Evidence()) == "killed, or a fatal error without a trace"
