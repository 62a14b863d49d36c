"""The table of outcomes, row by row."""

from __future__ import annotations

import random

import pytest

from services.debugcog.outbox.outcomes import Action, Attempt, Outcome, Result, backoff, decide

QUARTER = 900.0


@pytest.mark.parametrize(
    ("attempt", "action"),
    [
        (Attempt(Result(Outcome.SENT, message_id=7)), Action("sent", taken=True)),
        (Attempt(Result(Outcome.DELETED)), Action("sent", taken=True)),
        (Attempt(Result(Outcome.UNREACHABLE), wait=4.0), Action("queued", pause=4.0)),
        (Attempt(Result(Outcome.UNSURE), wait=4.0), Action("queued", taken=True, pause=4.0)),
        (
            Attempt(Result(Outcome.UNSURE, retry_after=30.0), wait=4.0),
            Action("queued", taken=True, pause=30.0),
        ),
        (
            Attempt(Result(Outcome.UNSURE), attempts=5, wait=4.0),
            Action("queued", taken=True, pause=4.0, defer=60.0),
        ),
        (Attempt(Result(Outcome.FOREIGN), wait=4.0), Action("queued", taken=True, pause=4.0)),
        (
            Attempt(Result(Outcome.FOREIGN, retry_after=30.0), attempts=5, wait=4.0),
            Action("queued", taken=True, pause=30.0, defer=60.0),
        ),
        (
            Attempt(Result(Outcome.TOO_LARGE), fallback_level=2, wait=4.0),
            Action("queued", lower=True, pause=4.0),
        ),
        (
            Attempt(Result(Outcome.TOO_LARGE), fallback_level=3, wait=4.0),
            Action("queued", pause=4.0),
        ),
        (Attempt(Result(Outcome.UNBUILT), fallback_level=2), Action("queued", lower=True)),
        (Attempt(Result(Outcome.UNBUILT), fallback_level=3), Action("queued", defer=60.0)),
        (Attempt(Result(Outcome.UNBUILT), perhaps_taken=True), Action("queued", defer=60.0)),
        (
            Attempt(Result(Outcome.TOO_LARGE), perhaps_taken=True, wait=4.0),
            Action("queued", pause=4.0),
        ),
        (
            Attempt(Result(Outcome.LIMITED, retry_after=1336.0)),
            Action("queued", rate_limit_pause=1336.0),
        ),
        (
            Attempt(Result(Outcome.LIMITED, retry_after=1336.0), is_edit=True),
            Action("queued", edit_pause=1336.0),
        ),
        (
            Attempt(Result(Outcome.LIMITED, retry_after=9.0, is_global=True), is_edit=True),
            Action("queued", rate_limit_pause=9.0),
        ),
        (
            Attempt(Result(Outcome.EDIT_LIMITED, retry_after=600.0)),
            Action("queued", card="freeze"),
        ),
        (Attempt(Result(Outcome.BANNED)), Action("queued", pause=QUARTER)),
        (Attempt(Result(Outcome.FORBIDDEN), failures=1), Action("queued", divert=600.0)),
        (Attempt(Result(Outcome.FORBIDDEN), failures=3), Action("queued", divert=2400.0)),
        (Attempt(Result(Outcome.FORBIDDEN), failures=9), Action("queued", divert=3600.0)),
        (
            Attempt(Result(Outcome.FORBIDDEN, in_form=True), fallback_level=0),
            Action("queued", lower=True),
        ),
        (
            Attempt(Result(Outcome.FORBIDDEN, in_form=True), fallback_level=1),
            Action("queued", lower=True),
        ),
        (
            Attempt(Result(Outcome.FORBIDDEN, in_form=True), fallback_level=2),
            Action("queued", restart=True, divert=600.0),
        ),
        (
            Attempt(Result(Outcome.FORBIDDEN, in_form=True), fallback_level=2, is_edit=True),
            Action("superseded"),
        ),
        (
            Attempt(
                Result(Outcome.FORBIDDEN, in_form=True),
                fallback_level=2,
                is_edit=True,
                is_shown=True,
            ),
            Action("queued", card="forget"),
        ),
        (
            Attempt(Result(Outcome.FORBIDDEN), is_edit=True),
            Action("queued", divert=600.0),
        ),
        (
            Attempt(Result(Outcome.FORBIDDEN, in_form=True), in_forum=True),
            Action("queued", divert=600.0),
        ),
        (
            Attempt(Result(Outcome.FORBIDDEN, in_form=True), fallback_level=1, perhaps_taken=True),
            Action("queued", divert=600.0),
        ),
        (Attempt(Result(Outcome.NO_CHANNEL), failures=3), Action("queued", divert=2400.0)),
        (Attempt(Result(Outcome.WRONG_CHANNEL), failures=3), Action("queued", divert=2400.0)),
        (Attempt(Result(Outcome.GONE)), Action("queued", card="forget")),
        (Attempt(Result(Outcome.REFUSED), fallback_level=0), Action("queued", lower=True)),
        (Attempt(Result(Outcome.REFUSED), fallback_level=2), Action("queued", lower=True)),
        (Attempt(Result(Outcome.REFUSED), fallback_level=3), Action("dead")),
        (
            Attempt(Result(Outcome.REFUSED), fallback_level=3, has_other=True),
            Action("queued", elsewhere=True, restart=True),
        ),
        (Attempt(Result(Outcome.ARCHIVED), is_shown=True), Action("queued", card="forget")),
        (Attempt(Result(Outcome.ARCHIVED)), Action("superseded")),
        (
            Attempt(Result(Outcome.NO_ROOM), in_forum=True, has_other=True),
            Action("queued", elsewhere=True, restart=True),
        ),
        (Attempt(Result(Outcome.NO_ROOM), in_forum=True), Action("queued", divert=600.0)),
    ],
)
def test_each_outcome_has_its_action(attempt: Attempt, action: Action) -> None:
    assert decide(attempt) == action


def test_every_outcome_is_in_the_table() -> None:
    for outcome in Outcome:
        attempt = Attempt(Result(outcome), is_shown=True)
        assert decide(attempt).state in ("sent", "queued")


def test_nothing_is_given_up_but_what_discord_itself_refused_in_every_form() -> None:
    dead = [
        outcome
        for outcome in Outcome
        if decide(Attempt(Result(outcome), fallback_level=3, attempts=1000)).state == "dead"
    ]
    assert dead == [Outcome.REFUSED]


@pytest.mark.parametrize(("failures", "most"), [(1, 2.0), (3, 8.0), (6, 60.0), (5000, 60.0)])
def test_the_backoff_is_jittered_between_a_second_and_a_growing_limit(
    failures: int, most: float
) -> None:
    jitter = random.Random(1)
    waits = [backoff(failures, jitter) for _ in range(1000)]
    assert min(waits) >= 1.0
    assert max(waits) <= most
    assert max(waits) > 0.95 * most
