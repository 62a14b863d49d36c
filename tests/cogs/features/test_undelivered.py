"""What /debug alerts says while something cannot go out; it is quiet only when all can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cogs.debug.features.alerts.reply import Board, listing
from cogs.debug.features.alerts.undelivered import failure, last_word, waiting
from cogs.debug.ui.reply import Colour
from services.debugcog.outbox.outcomes import Outcome
from services.debugcog.outbox.records import Backlog, Condition, Streak
from services.debugcog.outbox.undelivered import summary

NOW = 1_800_000_000.0
FINE = Condition(5, 5, None, 0.0, Outcome.SENT, Backlog())
ONE = Backlog(1, NOW - 60, "404 Not Found (text/html: nginx)")
ODD = replace(
    FINE,
    last=Outcome.FOREIGN,
    backlog=ONE,
    failing=Streak(NOW - 50, "404 Not Found (text/html: nginx)"),
    next_try=NOW + 30,
)


def test_what_answers_in_discords_place_is_told_with_its_words_its_age_and_the_next_try() -> None:
    assert failure(ODD) == (
        "Something between us and Discord answers: `404 Not Found (text/html: nginx)`. It is tried "
        "again until Discord itself answers. Since <t:1799999950:R>. Next try <t:1800000030:R>."
    )
    assert waiting(ODD) == "1 post queued since <t:1799999940:f>."


def test_a_failure_that_keeps_nothing_back_is_not_told() -> None:
    assert failure(replace(ODD, backlog=Backlog())) == ""
    assert waiting(FINE) == ""


def test_what_the_cap_holds_is_told_with_the_time_at_which_it_goes_on() -> None:
    capped = replace(FINE, backlog=Backlog(4, NOW - 60, capped_until=NOW + 120))
    assert waiting(capped) == (
        "4 posts queued since <t:1799999940:f> (limit: 10 per 10 min; next <t:1800000120:R>)."
    )


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (Outcome.BANNED, "Discord said `no`."),
        (Outcome.FORBIDDEN, "Discord said `no`."),
        (Outcome.FOREIGN, "What answered said `no`."),
        (Outcome.UNSURE, "The last attempt ended with `no`."),
        (Outcome.UNBUILT, "The last attempt ended with `no`."),
        (Outcome.SENT, "The last attempt ended with `no`."),
        (None, "The last attempt ended with `no`."),
    ],
)
def test_only_what_discord_said_is_told_as_its_word(last: Outcome | None, text: str) -> None:
    assert last_word("no", last) == text


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (FINE, ""),
        (None, "nothing can be posted"),
        (replace(FINE, target=None), "nothing can be posted now"),
        (replace(FINE, backlog=Backlog(1, NOW - 3)), ""),
        (replace(FINE, backlog=Backlog(1, NOW - 10)), "1 post not delivered"),
        (replace(FINE, backlog=Backlog(2, NOW - 60, "", 3, "400")), "5 posts not delivered"),
        (replace(FINE, backlog=Backlog(0, None, "", 1, "400")), "1 post not delivered"),
    ],
)
def test_what_cannot_go_out_is_counted_and_what_is_on_its_way_is_not(
    condition: Condition | None, text: str
) -> None:
    assert summary(condition, NOW) == text


def test_all_quiet_never_stands_over_what_cannot_go_out() -> None:
    quiet = Board((), (), (), ("x",))
    (fine,) = listing(quiet).embeds
    (stuck,) = listing(replace(quiet, trouble=True, undelivered="2 posts not delivered")).embeds
    assert fine.title == "✅ Alerts · all quiet"
    assert stuck.title == "⚠️ Alerts · 2 posts not delivered"
    assert stuck.colour is not None
    assert stuck.colour.value == Colour.WARNING.value
