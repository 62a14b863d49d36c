from __future__ import annotations

import pytest

from services.debugcog.timeseries.metric_names import (
    COUNTERS,
    TIMINGS,
    VALUES,
    canonical,
    is_signed,
    label_key,
)


@pytest.mark.parametrize("name", ["a", "llm_generation", "x9_", "a" * 64])
def test_a_plain_name_is_kept_as_it_is(name: str) -> None:
    assert canonical(name) == name


def test_response_time_is_the_guides_short_name_of_the_total() -> None:
    assert canonical("response_time") == "total_response_time"


@pytest.mark.parametrize(
    "name", ["", "A", "9a", "_a", "a-b", "a b", "a\n", "ä", "a" * 65, None, 7, ["a"]]
)
def test_any_other_name_is_refused_with_what_is_allowed(name: object) -> None:
    with pytest.raises(ValueError, match=r"metric name '.*' is not allowed: start with a lower"):
        canonical(name)


def test_a_hostile_name_is_shortened_in_the_message() -> None:
    with pytest.raises(ValueError, match="not allowed") as refusal:
        canonical("x" * 100_000)
    assert len(str(refusal.value)) < 300


def test_labels_are_written_sorted_and_cut_to_safe_characters() -> None:
    labels = {"guild": 7, "command": "ask me, a=b\n`@everyone`", "dm": None, "long": "x" * 100}
    assert label_key(labels) == (f"command=ask me_ a_b__@everyone_,dm=None,guild=7,long={'x' * 64}")


def test_a_secret_in_a_label_is_not_kept_nor_the_value_of_one_that_names_a_secret() -> None:
    labels = {"url": f"https://bot:{'q8Zk3wTr5y'}@db/x", "token": "q8Zk3wTr5y", "tokens": 5}

    assert label_key(labels) == "token=redacted,tokens=5,url=https://bot:_redacted_@db/x"


def test_a_secret_in_the_name_of_a_metric_is_not_told() -> None:
    with pytest.raises(ValueError, match=r"metric name 'password=\[redacted\]' is not allowed"):
        canonical("password=q8Zk3wTr5y")


@pytest.mark.parametrize("labels", [{"a": ["b"]}, {"a": object()}, {"A": "b"}, {"a b": "c"}])
def test_labels_that_are_no_labels_are_refused(labels: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"label a is a|metric name"):
        label_key(labels)


def test_only_a_hosts_own_metric_without_a_unit_can_be_negative() -> None:
    assert not any(is_signed(name) for name in TIMINGS + VALUES)
    assert not any(is_signed(name) for name in ("query_ms", "uptime_seconds", "cache_mb"))
    assert is_signed("affection_change")


def test_no_name_has_two_kinds() -> None:
    names = TIMINGS + VALUES + COUNTERS
    assert sorted(names) == sorted(set(names))
