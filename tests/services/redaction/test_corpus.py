"""Corpora: no secret leaks, whatever program printed it, and harmless lines stay as they are."""

from __future__ import annotations

import json
from collections.abc import Callable

from services.debugcog.redaction.redactor import redact
from tests.benchmarks.redaction_corpus import LINES, MOST_CHANGED, SECRETS, texts
from tests.harmless_lines import harmless_lines
from tests.secret_samples import TEMPLATES, mixed_samples, ruled_samples

PRINTERS: tuple[Callable[[str], str], ...] = (
    *(repr, json.dumps, lambda text: repr([text, text]), lambda text: repr(repr(text))),
    *(lambda text: json.dumps(json.dumps(text)), lambda text: json.dumps(repr(text))),
    *(lambda text: repr(json.dumps(text)), lambda text: " ⏎ ".join(text.splitlines())),
)
"""The last is how our own tracebacks join the lines of a message."""


def test_of_2000_secrets_in_more_than_60_shapes_none_leaks() -> None:
    made = ruled_samples(SECRETS, seed=11)

    assert len(TEMPLATES) >= 60
    assert [one.text for one in made if one.leaks_in(redact(one.text))] == []


def test_a_secret_does_not_leak_from_the_middle_of_a_harmless_line() -> None:
    pairs = zip(ruled_samples(SECRETS), harmless_lines(SECRETS, seed=12), strict=True)
    made = [(one, f"{line} {one.text} then") for one, line in pairs]

    assert [text for one, text in made if one.leaks_in(redact(text))] == []


def test_no_secret_leaks_where_its_line_is_escaped_once_or_twice_or_joined() -> None:
    made = [(one, write(one.text)) for one in ruled_samples(SECRETS, seed=14) for write in PRINTERS]

    assert [text for one, text in made if one.leaks_in(redact(text))] == []


def test_a_redacted_text_stays_as_it_is_when_it_is_redacted_again() -> None:
    once = [redact(one.text) for one in mixed_samples(SECRETS, seed=15)]
    escaped = [text.replace("[", "\\[") for text in once]  # as Discord's markdown is

    assert [text for text in once if redact(text) != text] == []
    assert [text for text in escaped if "]]" in redact(text) and "]]" not in text] == []


def test_of_5000_harmless_lines_at_most_5_change() -> None:
    changed = [line for line in harmless_lines(LINES, seed=13) if redact(line) != line]

    print(f"{len(changed)} of {LINES} harmless lines change")
    assert len(changed) <= MOST_CHANGED, changed


def test_the_texts_whose_cost_is_measured_have_no_secret() -> None:
    assert [kind for kind, text in texts().items() if redact(text) != text] == []
