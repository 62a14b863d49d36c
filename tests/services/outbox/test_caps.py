"""The caps of posts: held for any posts of any subjects, and never at the cost of critical ones."""

from __future__ import annotations

import itertools
import os
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.debugcog.outbox.completion import complete
from services.debugcog.outbox.dispatch import Claim, claim
from services.debugcog.outbox.outcomes import Attempt, Outcome, Result, decide
from services.debugcog.outbox.places import Open
from services.debugcog.outbox.posts import SCHEMA, Post, enqueue

pytestmark = pytest.mark.thorough

EXAMPLES = int(os.environ.get("ALERT_EXAMPLES", "200"))
NOW = 1_000_000.0
KINDS = ("edit", "restore", "show", "reply")
OUTCOMES = (Outcome.SENT, Outcome.SENT, Outcome.SENT, Outcome.REFUSED, Outcome.GONE)

posts = st.tuples(st.integers(0, 5), st.sampled_from(KINDS), st.booleans())
steps = st.tuples(
    st.lists(posts, max_size=12),
    st.sampled_from((0.0, 0.0, 1.0, 400.0)),
    st.lists(st.sampled_from(OUTCOMES), max_size=9),
)


class Queue:
    """An outbox, and a Discord that takes, refuses, or finds no card."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(SCHEMA)
        self.opened: set[int] = set()
        self.now = NOW

    def put(self, subject: int, kind: str, *, urgent: bool, capped: bool = True) -> None:
        """Queue a post; the first one of a subject opens it."""
        kind = kind if subject in self.opened else "open"
        self.opened.add(subject)
        post = Post(f"incident:{subject}", kind, urgent, "", "{}", capped)
        enqueue(self.connection, post, self.now)

    def drain(self, outcomes: list[Outcome]) -> None:
        for number, tried in enumerate(itertools.chain(outcomes, itertools.repeat(Outcome.SENT))):
            job = claim(self.connection, self.now, Open(905))
            if not isinstance(job, Claim):
                return
            outcome = tried if tried is not Outcome.GONE or job.is_edit else Outcome.SENT
            result = Result(outcome, message_id=number + 1)
            action = decide(Attempt(result, fallback_level=job.fallback_level))
            complete(self.connection, job, result, action, self.now)

    def posted(self, *, urgent: bool) -> int:
        sql = "SELECT COUNT(*) FROM outbox WHERE posted = 1 AND urgent = ? AND done >= ?"
        return int(self.connection.execute(sql, (urgent, self.now - 600)).fetchone()[0])

    def waits(self, subject: int) -> list[str]:
        sql = "SELECT kind FROM outbox WHERE state = 'queued' AND subject = ? ORDER BY id"
        return [row[0] for row in self.connection.execute(sql, (f"incident:{subject}",))]

    def critical_waits(self) -> bool:
        sql = "SELECT 1 FROM outbox WHERE state = 'queued' AND urgent = 1"
        return self.connection.execute(sql).fetchone() is not None


@settings(max_examples=EXAMPLES)
@given(st.lists(steps, min_size=1, max_size=6))
def test_ten_posts_in_ten_minutes_and_five_more_for_critical_ones_that_wait_for_no_other(
    run: list[tuple[list[tuple[int, str, bool]], float, list[Outcome]]],
) -> None:
    queue = Queue()
    for subject in range(10):  # all that is not critical has had its room
        queue.put(subject, "open", urgent=False)
    queue.drain([])
    for given_posts, seconds, outcomes in run:
        for subject, kind, urgent in given_posts:
            queue.put(subject, kind, urgent=urgent)
        queue.drain(outcomes)
        plain, critical = queue.posted(urgent=False), queue.posted(urgent=True)
        assert plain <= 10
        assert plain + critical <= 15
        assert not queue.critical_waits() or critical >= 5
        queue.now += seconds
    queue.connection.close()


def test_five_incidents_that_are_critical_again_do_not_wait_for_their_own_ends() -> None:
    queue = Queue()
    for subject in range(10):
        queue.put(subject, "open", urgent=False)
    queue.drain([])
    for subject in range(5):
        queue.put(subject, "reply", urgent=False)
        queue.drain([])
        queue.put(subject, "reply", urgent=True)
    queue.drain([])
    assert (queue.posted(urgent=False), queue.posted(urgent=True)) == (10, 5)
    assert not queue.critical_waits()
    queue.connection.close()


def full() -> Queue:
    """Make a queue whose caps are used up, by ten cards and five critical ones."""
    queue = Queue()
    for subject in range(15):
        queue.put(subject, "open", urgent=subject >= 10)
    queue.drain([])
    assert (queue.posted(urgent=False), queue.posted(urgent=True)) == (10, 5)
    return queue


def test_the_end_of_what_was_announced_waits_for_no_cap_and_counts_in_none() -> None:
    queue = full()
    for subject in range(15):
        queue.put(subject, "show", urgent=False, capped=False)
        queue.put(subject, "reply", urgent=False, capped=False)
    queue.put(20, "open", urgent=False)
    queue.drain([])
    assert [queue.waits(subject) for subject in range(15)] == [[]] * 15
    assert queue.posted(urgent=False) == 25
    assert queue.waits(20) == ["open"]
    queue.now += 601.0
    queue.put(21, "open", urgent=False)
    queue.drain([])
    assert (queue.waits(20), queue.waits(21)) == ([], []), "the ends have used up nothing"
    queue.connection.close()


def test_an_end_whose_card_is_gone_is_posted_afresh_at_once() -> None:
    queue = full()
    queue.connection.execute("DELETE FROM cards")
    queue.put(3, "show", urgent=False, capped=False)
    queue.put(4, "show", urgent=False)  # a change that is no end
    queue.drain([])
    assert (queue.waits(3), queue.waits(4)) == ([], ["open"])
    queue.connection.close()


def test_an_end_takes_the_place_of_what_waits_and_takes_a_critical_post_along() -> None:
    queue = full()
    queue.put(3, "reply", urgent=False)
    queue.put(4, "reply", urgent=True)
    queue.drain([])
    assert (queue.waits(3), queue.waits(4)) == (["reply"], ["reply"])
    for subject in (3, 4):
        queue.put(subject, "show", urgent=False, capped=False)
        queue.put(subject, "reply", urgent=False, capped=False)
    queue.drain([])
    assert (queue.waits(3), queue.waits(4)) == ([], [])
    states = queue.connection.execute(
        "SELECT subject, urgent, state FROM outbox WHERE kind = 'reply' ORDER BY id"
    )
    assert [tuple(row) for row in states] == [
        ("incident:3", 0, "superseded"),
        ("incident:4", 1, "sent"),
        ("incident:3", 0, "sent"),
        ("incident:4", 0, "sent"),
    ]
    queue.connection.close()
