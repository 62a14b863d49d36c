"""What tells users, channels and servers apart does not leave the process; the rest does."""

from __future__ import annotations

import pytest

from services.debugcog.prometheus.labels import clean, for_all


@pytest.mark.parametrize(
    "text",
    [
        "user_id=7",
        "user=mia",
        "users=mia",
        "member_name=mia",
        "author=mia",
        "owner_id=7",
        "guild=7",
        "guild_name=Home",
        "channel_id=7",
        "channel=general",
        "thread_id=7",
        "message=hello",
        "message_ids=7",
        "userid=7",
        "guildids=7",
        "uid=7",
        "discord_user_id=7",
        "target=80351110224678912",
        "path=/users/80351110224678912/x",
    ],
)
def test_a_label_that_tells_who_is_dropped(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.labels == ()
    assert cleaned.dropped == (text.partition("=")[0],)


@pytest.mark.parametrize(
    "text",
    [
        "command=ask",
        "model=gpt-4o",
        "user_tier=paid",
        "message_type=text",
        "model_id=4",
        "day=20261127",
    ],
)
def test_other_labels_stay(text: str) -> None:
    name, _, value = text.partition("=")
    assert clean(text).labels == ((name, value),)


def test_labels_with_a_name_that_is_taken_say_that_they_are_the_hosts() -> None:
    assert clean("le=5,process=a,shard=3").labels == (
        ("host_le", "5"),
        ("host_process", "a"),
        ("shard", "3"),
    )


def test_no_label_takes_the_name_of_another_one() -> None:
    assert clean("host_host_process=c,host_process=b,process=a").labels == (
        ("host_host_host_process", "c"),
        ("host_host_process", "b"),
        ("host_process", "a"),
    )
    assert clean("host_port=80").labels == (("host_port", "80"),)


def test_the_sets_beyond_the_bound_are_other_in_each_label() -> None:
    text = for_all("other", ["command=ask,user_id=1", "command=say", "other", ""])
    assert text == "command=other,user_id=other"
    assert clean(text).labels == (("command", "other"),)
