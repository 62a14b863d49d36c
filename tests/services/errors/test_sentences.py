"""The title of an error group, and the sentence of its notification."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from services.debugcog.errors.records import (
    Context,
    ErrorEvent,
    ErrorGroup,
    group_from,
)
from services.debugcog.errors.sentences import digest_sentence, digest_title, place, sentence, title

EVENT = ErrorEvent(
    *("E-7K3Q9D", 1.0, "app.chat.LlmError", "503 from provider", "", "chat.py:63 in ask"),
    *("1a2b3c4d", Context("command", "ask"), "", ()),
)
GROUP = ErrorGroup("1a2b3c4d", EVENT.type, EVENT.where, 1.0, 2.0, count=36, event=EVENT)


@pytest.mark.parametrize(
    ("kind", "message", "told"),
    [
        ("app.chat.LlmError", "503 from provider", "LlmError: 503 from provider"),
        ("KeyError", "'voice'", "KeyError: 'voice'"),
        ("KeyError", "", "KeyError"),
        ("ValueError", "\n\n two\tlines \nmore", "ValueError: two lines; more"),
        (
            "discord.errors.HTTPException",
            "400 Bad Request (error code: 50035): Invalid Form Body\nIn embeds.0.title: Too long.",
            (
                "HTTPException: 400 Bad Request (error code: 50035): Invalid Form Body; "
                "In embeds.0.title: Too long."
            ),
        ),
        ("DownloadError", "Message:\n\n  sign in\n", "DownloadError: Message: sign in"),
        ("ValueError", "first\n" + "x" * 500, "ValueError: first; " + "x" * 140 + "…"),
        ("ERROR bot.chat", "no voice", "ERROR bot.chat: no voice"),
        ("ValueError", "\ud800", "ValueError: ?"),
        ("ValueError", "x" * 500, "ValueError: " + "x" * 147 + "…"),
    ],
)
def test_a_title_has_the_message_beside_the_type(kind: str, message: str, told: str) -> None:
    group = replace(GROUP, type=kind, event=replace(EVENT, message=message))
    assert title(group) == told


@pytest.mark.parametrize(
    ("groups", "errors", "named", "rest"),
    [
        (1, 1, "1 more error", ": LlmError: 503 from provider · chat.py:63 · 1 time"),
        (3, 3, "3 more errors", " · most often LlmError: 503 from provider"),
        (5, 40, "5 more errors, 40 times", " · most often LlmError: 503 from provider"),
        (6, 6, "Error storm: 6 groups, 6 errors", " · most often LlmError: 503 from provider"),
    ],
)
def test_a_digest_of_few_errors_is_no_storm(
    groups: int, errors: int, named: str, rest: str
) -> None:
    assert digest_title(groups, errors) == named
    assert digest_sentence(groups, errors, (GROUP,)) == f"🔴 {named}{rest}"


def test_a_digest_of_one_error_says_how_often_it_came() -> None:
    assert digest_title(1, 36) == "1 more error, 36 times"
    assert digest_sentence(1, 36, (GROUP,)) == (
        "🔴 1 more error: LlmError: 503 from provider · chat.py:63 · 36 times"
    )


def test_without_a_captured_event_the_type_stands_alone() -> None:
    assert title(replace(GROUP, event=None)) == "LlmError"


def test_a_long_place_keeps_its_end() -> None:
    assert place(replace(GROUP, where="a/" * 100 + "chat.py:63 in ask")).endswith("a/chat.py:63")
    assert len(place(replace(GROUP, where="a/" * 100 + "chat.py:63 in ask"))) == 80
    assert sentence(replace(GROUP, where=""), "new") == "🔴 LlmError: 503 from provider · 36 times"


def test_rows_of_a_version_without_undo_and_links_are_read() -> None:
    event = asdict(EVENT)
    for name in ("guild", "channel_id", "message_id"):
        del event["context"][name]
    group = {**asdict(GROUP), "event": event}
    del group["changed_by"], group["before"]
    assert group_from(group) == GROUP
