"""Each rule's own examples: what it hides, and what stays."""

from __future__ import annotations

import random

import pytest

from services.debugcog.redaction.address_rules import ADDRESS_RULES, AddressRule
from services.debugcog.redaction.key_rule import KeyRule
from services.debugcog.redaction.key_rules import KEY_RULES
from services.debugcog.redaction.redactor import redact
from services.debugcog.redaction.remainder_rules import REMAINDER_RULES, RemainderRule
from services.debugcog.redaction.token_rule import TokenRule
from services.debugcog.redaction.token_rules import TOKEN_RULES
from tests.secret_samples import RANDOM_PART, filled

RULES: tuple[TokenRule | AddressRule | RemainderRule | KeyRule, ...] = (
    *TOKEN_RULES,
    *ADDRESS_RULES,
    *REMAINDER_RULES,
    *KEY_RULES,
)
HIDDEN = [example for rule in RULES for example in rule.hides]
STAYING = [example for rule in RULES for example in rule.stays]


@pytest.mark.parametrize("example", HIDDEN)
def test_an_example_is_hidden_whatever_is_random_in_it(example: str) -> None:
    source = random.Random(example)
    made = [filled(example, source) for _ in range(50)]

    assert [one.text for one in made if one.leaks_in(redact(one.text))] == []


@pytest.mark.parametrize("example", STAYING)
def test_an_example_stays_as_it_is(example: str) -> None:
    source = random.Random(example)

    for _ in range(5):
        text = filled(example, source).text
        assert redact(text) == text


def test_every_rule_has_examples_and_every_shape_of_a_token_its_source() -> None:
    assert all(rule.hides for rule in RULES)
    assert all(
        rule.source.startswith("https://")
        for rule in (*TOKEN_RULES, *ADDRESS_RULES, *REMAINDER_RULES)
    )
    assert all(rule.stays for rule in (*ADDRESS_RULES, *REMAINDER_RULES))
    assert all(rule.stays for rule in KEY_RULES)


def test_no_example_is_a_whole_secret_that_a_scanner_of_repositories_would_report() -> None:
    assert [text for text in HIDDEN if not RANDOM_PART.search(text)] == []
