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
from services.debugcog.errors.sentences import place, sentence, title

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
        ("ValueError", "\n\n two\tlines \nmore", "ValueError: two lines"),
        ("ERROR bot.chat", "no voice", "ERROR bot.chat: no voice"),
        ("ValueError", "\ud800", "ValueError: ?"),
        ("ValueError", "x" * 500, "ValueError: " + "x" * 147 + "…"),
    ],
)
def test_a_title_has_the_message_beside_the_type(kind: str, message: str, told: str) -> None:
    group = replace(GROUP, type=kind, event=replace(EVENT, message=message))
    assert title(group) == told


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
