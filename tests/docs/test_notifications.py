"""docs/alerts.md tells what a phone shows of each kind of post."""

from __future__ import annotations

from tests.docs.documents import table
from tests.docs.notifications import DOCUMENT, KINDS, rows


def test_the_table_has_the_notification_of_each_kind_of_post() -> None:
    told = [(kind, text) for kind, text in table(DOCUMENT, "message")]
    hint = "python -m tests.docs.notifications writes the table anew; read it before you commit it"
    assert told == list(rows()), hint


def test_every_notification_is_one_sentence_that_needs_no_embed() -> None:
    for kind, text in rows():
        assert text, kind
        assert "<" not in text, f"{kind}: a phone shows {text} as it is typed"
        assert len(text) <= 240, kind
        assert ("@On call" in text) == text.endswith("@On call"), kind


def test_only_critical_posts_call_somebody() -> None:
    calling = {kind for kind, text in rows() if "@On call" in text}
    assert calling == {kind for kind in KINDS if "critical" in kind} | {
        *("crash loop", "escalation", "repeat", "after an outage of Discord")
    }
