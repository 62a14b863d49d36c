"""Who opens a conversation is noted, once a minute."""

from __future__ import annotations

import logging

import pytest

from services.debugcog.audit import SECONDS
from services.debugcog.users.audit import ConversationAudit
from tests.clock import Clock


def test_a_reader_is_noted_once_a_minute_for_each_conversation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    audit = ConversationAudit(clock)
    with caplog.at_level(logging.INFO, "debugcog.audit"):
        audit.note("user_id=1", "7", "a")
        audit.note("user_id=1", "7", "a")
        audit.note("user_id=1", "7", "b")
        audit.note("the token", "7", "a")
        clock.turn(SECONDS)
        audit.note("user_id=1", "7", "a")
    assert [record.getMessage() for record in caplog.records] == [
        "use: dashboard, conversation a of 7 (user_id=1)",
        "use: dashboard, conversation b of 7 (user_id=1)",
        "use: dashboard, conversation a of 7 (the token)",
        "use: dashboard, conversation a of 7 (user_id=1)",
    ]
