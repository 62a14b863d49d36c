"""Claims and their settlement, on the tables themselves."""

from __future__ import annotations

import json
import sqlite3

import pytest

from services.debugcog.outbox.channels import Channels
from services.debugcog.outbox.completion import (
    complete,
    postpone,
    put_back,
    release,
    resolve,
    save_pauses,
    tidy,
)
from services.debugcog.outbox.dispatch import Claim, Reconcile, claim, current_budget
from services.debugcog.outbox.order import CAP, PLAIN_CAP, Budget
from services.debugcog.outbox.outcomes import Action, Outcome, Result
from services.debugcog.outbox.places import Open
from services.debugcog.outbox.posts import Post, enqueue

NOW = 1_000_000.0
SENT = Result(Outcome.SENT, message_id=70)
DONE = Action("sent", taken=True)


def put(connection: sqlite3.Connection, kind: str = "open", subject: str = "incident:1") -> None:
    enqueue(connection, Post(subject, kind, False, f"{subject} {kind}", "{}"), NOW)


def take(connection: sqlite3.Connection, now: float = NOW) -> Claim:
    job = claim(connection, now, Open(5))
    assert isinstance(job, Claim)
    return job


def states(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = connection.execute("SELECT kind, state FROM outbox ORDER BY id")
    return [(row["kind"], row["state"]) for row in rows]


def post(connection: sqlite3.Connection) -> None:
    put(connection)
    complete(connection, take(connection), SENT, DONE, NOW)


def test_a_title_in_a_digest_that_is_cut_says_so(connection: sqlite3.Connection) -> None:
    for number in range(3):
        title = f"{number} {'long ' * 30}"
        enqueue(connection, Post(f"incident:{number}", "open", False, title, "{}"), NOW - 3600)
    (first, *_) = json.loads(take(connection).body)["titles"]
    assert first == f"0 {'long ' * 30}"[:89] + "…"


def test_a_claim_is_all_that_a_request_needs(connection: sqlite3.Connection) -> None:
    put(connection)
    nonce = connection.execute("SELECT nonce FROM outbox").fetchone()["nonce"]
    assert take(connection) == Claim(
        id=1,
        subject="incident:1",
        kind="open",
        urgent=False,
        title="incident:1 open",
        body="{}",
        nonce=f"{nonce}0",
        fallback_level=0,
        attempts=1,
        channel_id=5,
        card_id=None,
    )


def test_a_row_is_claimed_once_until_its_lease_is_over(connection: sqlite3.Connection) -> None:
    put(connection)
    take(connection)
    assert claim(connection, NOW + 59, Open(5)) is None
    assert take(connection, NOW + 60).attempts == 2


def test_a_former_process_leaves_its_rows_at_once(connection: sqlite3.Connection) -> None:
    put(connection)
    first = take(connection)
    release(connection, NOW + 1)
    assert take(connection, NOW + 1).nonce == first.nonce


def test_what_a_former_process_put_off_goes_at_once(connection: sqlite3.Connection) -> None:
    put(connection)
    unsure = Action("queued", taken=True, defer=60.0)
    complete(connection, take(connection), Result(Outcome.UNSURE), unsure, NOW)
    assert claim(connection, NOW + 1, Open(5)) is None
    release(connection, NOW + 1)
    assert take(connection, NOW + 1).attempts == 2


def test_changes_and_answers_go_to_the_card(connection: sqlite3.Connection) -> None:
    post(connection)
    put(connection, "edit")
    put(connection, "reply")
    edit = take(connection)
    assert (edit.kind, edit.is_edit, edit.card_id) == ("edit", True, 70)
    complete(connection, edit, Result(Outcome.SENT), DONE, NOW)
    reply = take(connection)
    assert (reply.kind, reply.is_edit, reply.card_id) == ("reply", False, 70)


@pytest.mark.parametrize(
    ("kind", "then"), [("edit", "superseded"), ("restore", "open"), ("show", "open")]
)
def test_without_a_card_a_change_is_dropped_or_posted_afresh(
    connection: sqlite3.Connection, kind: str, then: str
) -> None:
    post(connection)
    put(connection, kind)
    complete(
        connection,
        take(connection),
        Result(Outcome.GONE),
        Action("queued", card="forget"),
        NOW,
    )
    job = claim(connection, NOW, Open(5))
    if then == "superseded":
        assert job is None
        assert states(connection)[-1] == ("edit", "superseded")
    else:
        assert isinstance(job, Claim)
        assert (job.kind, job.card_id) == ("open", None)


@pytest.mark.parametrize(
    ("kind", "then"),
    [("edit", "superseded"), ("restore", "superseded"), ("show", "sending")],
)
def test_with_a_card_too_old_to_edit_only_what_has_to_be_seen_is_posted(
    connection: sqlite3.Connection, kind: str, then: str
) -> None:
    post(connection)
    put(connection, kind)
    frozen = Action("queued", card="freeze")
    complete(connection, take(connection), Result(Outcome.EDIT_LIMITED), frozen, NOW)
    claim(connection, NOW, Open(5))
    assert states(connection)[-1][1] == then


def test_a_shorter_form_has_a_nonce_of_its_own(connection: sqlite3.Connection) -> None:
    put(connection)
    first = take(connection)
    complete(connection, first, Result(Outcome.REFUSED), Action("queued", lower=True), NOW)
    second = take(connection)
    assert (second.fallback_level, second.nonce) == (1, f"{first.nonce[:-1]}1")


def test_what_may_have_been_taken_is_looked_for_before_it_is_sent_again(
    connection: sqlite3.Connection,
) -> None:
    put(connection)
    first = take(connection)
    unsure = Action("queued", taken=True)
    complete(connection, first, Result(Outcome.UNSURE), unsure, NOW)
    assert take(connection, NOW + 60).nonce == first.nonce
    complete(connection, first, Result(Outcome.UNREACHABLE), Action("queued"), NOW + 60)
    reconcile = claim(connection, NOW + 200, Open(5))
    assert reconcile == Reconcile(5, {1: first.nonce})
    resolve(connection, reconcile, {first.nonce: 71}, NOW + 200)
    assert states(connection) == [("open", "sent"), ("edit", "queued")]
    assert take(connection, NOW + 201).card_id == 71


def test_what_is_not_found_was_never_taken(connection: sqlite3.Connection) -> None:
    put(connection)
    complete(
        connection, take(connection), Result(Outcome.UNSURE), Action("queued", taken=True), NOW
    )
    reconcile = claim(connection, NOW + 200, Open(5))
    assert isinstance(reconcile, Reconcile)
    resolve(connection, reconcile, {}, NOW + 200)
    assert take(connection, NOW + 200).attempts == 2


def test_the_first_attempt_that_may_have_been_taken_tells_when_to_look(
    connection: sqlite3.Connection,
) -> None:
    put(connection)
    for seconds in (0, 55, 110):
        job = take(connection, NOW + seconds)
        unsure = Action("queued", taken=True)
        complete(connection, job, Result(Outcome.UNSURE), unsure, NOW + seconds)
    take(connection, NOW + 115)
    release(connection, NOW + 118)
    assert claim(connection, NOW + 125, Open(5)) == Reconcile(5, {1: job.nonce})


def exhausted(connection: sqlite3.Connection) -> Reconcile:
    """Try the next row five times, without an answer, and take the look that follows."""
    for _ in range(5):
        unsure = Action("queued", taken=True)
        complete(connection, take(connection), Result(Outcome.UNSURE), unsure, NOW)
    found = claim(connection, NOW + 60, Open(5))
    assert isinstance(found, Reconcile)
    return found


def test_a_form_that_was_never_taken_in_five_attempts_is_given_up_for_a_shorter_one(
    connection: sqlite3.Connection,
) -> None:
    put(connection)
    assert resolve(connection, exhausted(connection), {}, NOW + 60) == 1
    shorter = take(connection, NOW + 60)
    assert (shorter.fallback_level, shorter.attempts, shorter.perhaps_taken) == (1, 6, False)


def test_a_change_that_was_never_taken_gets_shorter_too_and_is_no_post_where_it_is_found(
    connection: sqlite3.Connection,
) -> None:
    post(connection)
    put(connection, "show")
    reconcile = exhausted(connection)
    assert current_budget(connection, NOW + 60) == Budget(PLAIN_CAP - 1, CAP - 1)
    (nonce,) = reconcile.nonces.values()
    resolve(connection, reconcile, {nonce: 70}, NOW + 60)
    assert states(connection) == [("open", "sent"), ("show", "sent")]
    assert current_budget(connection, NOW + 60) == Budget(PLAIN_CAP - 1, CAP - 1)
    put(connection, "show")
    assert resolve(connection, exhausted(connection), {}, NOW + 60) == 1
    assert take(connection, NOW + 60).fallback_level == 1


def test_the_shortest_form_is_kept(connection: sqlite3.Connection) -> None:
    put(connection)
    connection.execute("UPDATE outbox SET level = 3, attempts = 15")
    assert resolve(connection, exhausted(connection), {}, NOW + 60) == 0
    assert take(connection, NOW + 60).fallback_level == 3


def test_where_the_look_gets_no_answer_either_the_form_is_not_to_blame(
    connection: sqlite3.Connection,
) -> None:
    put(connection)
    reconcile = exhausted(connection)
    postpone(connection, reconcile, Action("queued"), NOW + 60)
    again = take(connection, NOW + 120)
    assert (again.fallback_level, again.attempts, again.perhaps_taken) == (0, 2, True)


def test_a_pause_that_discord_asked_for_holds_everything(connection: sqlite3.Connection) -> None:
    put(connection)
    save_pauses(connection, Action("queued", rate_limit_pause=60.0), NOW)
    assert claim(connection, NOW + 59, Open(5)) is None
    assert take(connection, NOW + 60).kind == "open"


def test_a_pause_of_edits_lets_posts_pass(connection: sqlite3.Connection) -> None:
    post(connection)
    put(connection, "edit")
    save_pauses(connection, Action("queued", edit_pause=600.0), NOW)
    assert claim(connection, NOW + 599, Open(5)) is None
    put(connection, "open", "incident:2")
    assert take(connection, NOW + 599).subject == "incident:2"
    assert take(connection, NOW + 600).kind == "edit"


def test_a_pause_of_the_future_comes_from_a_clock_that_was_set(
    connection: sqlite3.Connection,
) -> None:
    put(connection)
    save_pauses(connection, Action("queued", rate_limit_pause=60.0), NOW + 7200)
    assert take(connection).kind == "open"


def test_what_a_place_has_refused_in_every_form_goes_to_the_next_one_in_full(
    connection: sqlite3.Connection,
) -> None:
    put(connection, subject="group:1")
    channels = Channels(5, 6, forum=9)
    places = list[tuple[int, int]]()
    for _ in range(3):
        ways = channels.ways(NOW)
        assert ways
        job = claim(connection, NOW, ways)
        assert isinstance(job, Claim)
        places.append((job.channel_id, job.fallback_level))
        lower = Action("queued", lower=True)
        complete(connection, job, Result(Outcome.REFUSED), lower, NOW)
        elsewhere = Action("queued", elsewhere=True, restart=True)
        complete(connection, job, Result(Outcome.REFUSED), elsewhere, NOW)
        channels.note(job.channel_id, elsewhere, NOW, job.id)
    assert places == [(9, 0), (5, 0), (6, 0)]
    assert not channels.has_other(1, 6)


def test_rows_that_are_done_are_forgotten_after_a_week(connection: sqlite3.Connection) -> None:
    post(connection)
    put(connection, "reply")
    release(connection, NOW + 8 * 86_400)
    assert states(connection) == [("reply", "queued")]


def test_a_new_card_that_may_lack_its_picture_is_queued_as_an_edit(
    connection: sqlite3.Connection,
) -> None:
    put(connection)
    complete(connection, take(connection), SENT, DONE, NOW, again=True)
    assert states(connection) == [("open", "sent"), ("edit", "queued")]
    edit = take(connection)
    assert (edit.kind, edit.title, edit.card_id) == ("edit", "incident:1 open", 70)


def test_a_new_card_that_is_about_to_show_something_newer_is_not_queued_again(
    connection: sqlite3.Connection,
) -> None:
    put(connection)
    job = take(connection)
    put(connection, "show")
    complete(connection, job, SENT, DONE, NOW, again=True)
    assert states(connection) == [("open", "sent"), ("show", "queued")]


def test_an_edit_is_put_back_until_something_newer_waits(connection: sqlite3.Connection) -> None:
    post(connection)
    put(connection, "edit")
    job = take(connection)
    assert put_back(connection, job, NOW)
    assert claim(connection, NOW, Open(5)) is None
    again = take(connection, NOW + 1)
    assert (again.id, again.attempts) == (job.id, 1)
    put(connection, "show")
    assert not put_back(connection, again, NOW + 1)
    assert states(connection)[-2:] == [("edit", "sending"), ("show", "queued")]


def test_an_edit_is_not_put_back_before_a_critical_answer(connection: sqlite3.Connection) -> None:
    post(connection)
    put(connection, "edit")
    job = take(connection)
    put(connection, "reply")
    assert put_back(connection, job, NOW)
    job = take(connection, NOW + 1)
    enqueue(connection, Post("incident:1", "reply", True, "", "{}"), NOW)
    assert not put_back(connection, job, NOW + 1)


def test_what_was_said_is_forgotten_after_an_hour_and_that_it_was_after_a_week(
    connection: sqlite3.Connection,
) -> None:
    post(connection)
    for age, bodies in ((3599, ["{}"]), (3601, [""]), (7 * 86_400 - 1, [""]), (7 * 86_400 + 1, [])):
        tidy(connection, NOW + age)
        assert [row["body"] for row in connection.execute("SELECT body FROM outbox")] == bodies
