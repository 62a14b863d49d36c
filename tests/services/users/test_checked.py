"""What a provider answers is input: checked by type, bounded, without secrets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from services.debugcog.redaction.redactor import redact
from services.debugcog.users.checked import TEXT_MAX, Checked, Checker, NonsenseError
from services.debugcog.users.provider import (
    Conversation,
    Message,
    Page,
    RecentInteraction,
    UserProfile,
)

NOW = 1_800_000_000.0
CHECKER = Checker(redact)
ANN = UserProfile(
    id="7",
    name="ann",
    affection=0.8,
    conversations=2,
    messages=120,
    last_seen=NOW,
    interactions=(RecentInteraction(at=NOW, text="/ask"),),
)
LISTED = dataclasses.replace(ANN, interactions=())
SECRET = "password=hunter2hunter2"


def odd(**fields: Any) -> UserProfile:
    return UserProfile(**{"id": "7", "name": "ann", **fields})


def left_out(profile: Any) -> str:
    found = CHECKER.profiles(Page([ANN, profile], 2))
    assert found.rows == (LISTED,)
    return found.trouble


def test_a_good_page_stays_as_it_is() -> None:
    assert CHECKER.profiles(Page([ANN], 10_000)) == Checked((LISTED,), 10_000)
    talk = Conversation(id="1", title="Monads", messages=2, last_at=NOW)
    assert CHECKER.conversations(Page((talk,), 1)) == Checked((talk,), 1)
    message = Message(at=NOW, author="ann", text="What is a monad?")
    assert CHECKER.messages(Page([message], 1)) == Checked((message,), 1)
    assert CHECKER.profile(ANN) == ANN
    assert CHECKER.profile(None) is None


def test_unknown_figures_stay_unknown() -> None:
    plain = UserProfile(id="7", name="ann")
    assert CHECKER.profile(plain) == plain


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (None, "profiles() answered None, not a debugcog.Page"),
        ([ANN], "profiles() answered of type list, not a debugcog.Page"),
        (Page(cast("Any", "ann"), 1), "items of profiles() is of type str, not a list or tuple"),
        (Page(cast("Any", iter([ANN])), 1), "list_iterator, not a list or tuple"),
        (Page([ANN], cast("Any", "1")), "Page.total is of type str, not a number up to 1e+15"),
        (Page([ANN], -1), "Page.total is -1, not a whole number from 0 on"),
    ],
)
def test_what_is_no_page_is_refused(answer: Any, text: str) -> None:
    with pytest.raises(NonsenseError) as caught:
        CHECKER.profiles(answer)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("profile", "text"),
    [
        (None, "a row of profiles() is None, not a debugcog.UserProfile"),
        ({"id": "7"}, "a row of profiles() is of type dict, not a debugcog.UserProfile"),
        (odd(id=None), "UserProfile.id is None, not a text"),
        (odd(id=""), "UserProfile.id has to be 1 to 100 printable characters"),
        (odd(id="a" * 101), "UserProfile.id has to be 1 to 100 printable characters"),
        (odd(id="\ud800"), "UserProfile.id has to be 1 to 100 printable characters"),
        (odd(id=10**5000), "UserProfile.id has to be 1 to 100 printable characters"),
        (odd(id=SECRET), "UserProfile.id looks like a secret, so it is not shown"),
        (odd(name=7), "UserProfile.name is of type int, not a text"),
        (odd(affection="high"), "UserProfile.affection is of type str, not a number up to 1e+15"),
        (odd(affection=float("nan")), "UserProfile.affection is of type float, not a number"),
        (odd(affection=1e300), "UserProfile.affection is of type float, not a number up to"),
        (odd(messages=1.5), "UserProfile.messages is 1.5, not a whole number from 0 on"),
        (odd(last_seen=datetime.now(UTC)), "UserProfile.last_seen is of type datetime.datetime"),
        (odd(last_seen=NOW * 1000), "UserProfile.last_seen is 1.8e+12, not a time in unix seconds"),
    ],
)
def test_a_row_of_nonsense_is_left_out_and_told(profile: Any, text: str) -> None:
    assert left_out(profile).startswith(f"1 row is left out: {text}")


@pytest.mark.parametrize(
    ("interactions", "text"),
    [
        (7, "UserProfile.interactions is of type int, not a list or tuple"),
        ([7], "one of UserProfile.interactions is of type int"),
        (
            [RecentInteraction(at=cast("Any", None), text="")],
            "RecentInteraction.at is None, not a time in unix seconds",
        ),
    ],
)
def test_interactions_of_nonsense_are_told(interactions: Any, text: str) -> None:
    with pytest.raises(NonsenseError) as caught:
        CHECKER.profile(odd(interactions=interactions))
    assert str(caught.value).startswith(text)


def test_more_rows_of_nonsense_are_counted() -> None:
    found = CHECKER.profiles(Page([7, ANN, 8], 3))
    assert found.trouble == (
        "2 rows are left out: a row of profiles() is of type int, not a debugcog.UserProfile"
    )


def test_a_number_of_any_numeric_type_and_an_id_that_is_one_are_taken() -> None:
    profile = cast("Any", odd(id=7, affection=Decimal("0.5"), messages=3.0))
    assert CHECKER.profile(profile) == odd(id="7", affection=0.5, messages=3)


def test_a_number_whose_code_raises_is_nonsense() -> None:
    class Odd:
        def __float__(self) -> float:
            raise KeyboardInterrupt

    with pytest.raises(NonsenseError, match="Odd, not a number"):
        CHECKER.profile(odd(affection=Odd()))


def test_a_million_rows_cost_a_page_of_fifty() -> None:
    found = CHECKER.profiles(Page([ANN] * 1_000_000, 1_000_000))
    assert (len(found.rows), found.total) == (50, 1_000_000)


def test_a_list_whose_class_is_the_hosts_is_not_read() -> None:
    class Rows(list[UserProfile]):
        def __getitem__(self, index: Any) -> Any:
            raise AssertionError

        def __iter__(self) -> Iterator[UserProfile]:
            raise AssertionError

    with pytest.raises(NonsenseError, match="Rows, not a list or tuple"):
        CHECKER.profiles(Page(Rows([ANN]), 1))


def test_texts_are_without_secrets_and_half_characters_and_cut() -> None:
    found = CHECKER.messages(
        Page(
            [
                Message(at=NOW, author="ann\ud83d", text=f"my {SECRET}"),
                Message(at=NOW, author="a" * 1000, text="x" * 10_000_000),
            ],
            2,
        )
    )
    secret, long = found.rows
    assert "hunter2" not in secret.text
    assert secret.author == "ann\ufffd"
    assert long.text == "x" * TEXT_MAX + "…"
    assert long.author == "a" * 100 + "…"


def test_a_secret_on_the_border_is_not_cut_in_two() -> None:
    text = "x " * (TEXT_MAX // 2 - 5) + SECRET
    (row,) = CHECKER.messages(Page([Message(at=NOW, author="ann", text=text)], 1)).rows
    assert "hunter" not in row.text


def test_interactions_are_twenty_at_most() -> None:
    many = [RecentInteraction(at=NOW, text="/ask")] * 1000
    profile = CHECKER.profile(odd(interactions=many))
    assert profile is not None
    assert len(profile.interactions) == 20
