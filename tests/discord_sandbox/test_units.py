"""Permissions, pictures, mentions of the texts, snowflakes: pure parts."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_sandbox.rules.refusals import Issue, tree
from discord_sandbox.world import pictures
from discord_sandbox.world.core import Snowflakes, made_at, timestamp
from discord_sandbox.world.messages import Message, MessageLog
from discord_sandbox.world.permissions import (
    ALL,
    Overwrite,
    Permission,
    combined,
    names,
    overwritten,
)
from discord_sandbox.world.users import User

P = Permission
BITS = st.integers(min_value=0, max_value=int(ALL)).map(Permission)
OVERWRITES = st.builds(Overwrite, BITS, BITS)


def test_snowflakes_grow_and_carry_their_time() -> None:
    now = [1_800_000_000.25]
    ids = Snowflakes(lambda: now[0])

    made = [ids.next() for _ in range(3)]
    now[0] -= 1
    made.append(ids.next())

    assert made == sorted(set(made))
    assert made_at(made[0]) == 1_800_000_000.25
    assert timestamp(1_800_000_000.25) == "2027-01-15T08:00:00.250000+00:00"


def test_an_administrator_may_do_everything() -> None:
    assert combined(P.NONE, [P.SEND_MESSAGES, P.ADMINISTRATOR]) == ALL
    assert overwritten(ALL, Overwrite(deny=ALL), [], Overwrite(deny=ALL)) == ALL


OVERWRITTEN: dict[str, tuple[Overwrite | None, list[Overwrite], Overwrite | None, bool]] = {
    "nothing": (None, [], None, True),
    "@everyone denied": (Overwrite(deny=P.SEND_MESSAGES), [], None, False),
    "a role allowed again": (
        Overwrite(deny=P.SEND_MESSAGES),
        [Overwrite(allow=P.SEND_MESSAGES)],
        None,
        True,
    ),
    "one role denied, another allowed": (
        None,
        [Overwrite(deny=P.SEND_MESSAGES), Overwrite(allow=P.SEND_MESSAGES)],
        None,
        True,
    ),
    "the member denied at last": (
        None,
        [Overwrite(allow=P.SEND_MESSAGES)],
        Overwrite(deny=P.SEND_MESSAGES),
        False,
    ),
}


@pytest.mark.parametrize("name", OVERWRITTEN)
def test_overwrites_apply_in_order(name: str) -> None:
    everyone, roles, member, allowed = OVERWRITTEN[name]

    result = overwritten(P.VIEW_CHANNEL | P.SEND_MESSAGES, everyone, roles, member)

    assert bool(result & P.SEND_MESSAGES) is allowed


@given(BITS, OVERWRITES, st.lists(OVERWRITES), OVERWRITES)
def test_who_cannot_see_a_channel_can_do_nothing_there(
    base: Permission, everyone: Overwrite, roles: list[Overwrite], member: Overwrite
) -> None:
    result = overwritten(base, everyone, roles, member)

    assert result & P.VIEW_CHANNEL or result == P.NONE
    if not base & P.ADMINISTRATOR and not result & P.SEND_MESSAGES:
        assert not result & (P.ATTACH_FILES | P.EMBED_LINKS | P.MENTION_EVERYONE)


def test_permissions_are_named_as_discord_names_them() -> None:
    assert names(P.SEND_MESSAGES | P.MANAGE_GUILD) == "MANAGE_GUILD, SEND_MESSAGES"
    assert names(0) == "none"


JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 40, 30)
PICTURES: dict[str, tuple[bytes, tuple[int, int] | None]] = {
    "png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + struct.pack(">II", 30, 40), (30, 40)),
    "gif": (b"GIF89a" + struct.pack("<HH", 30, 40), (30, 40)),
    "jpeg": (JPEG, (30, 40)),
    "webp extended": (
        b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x1d\0\0" + b"\x27\0\0",
        (30, 40),
    ),
    "webp lossless": (
        b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + ((29) | (39 << 14)).to_bytes(4, "little"),
        (30, 40),
    ),
    "webp lossy": (
        b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 10 + struct.pack("<HH", 30, 40),
        (30, 40),
    ),
    "webp unknown": (b"RIFF\0\0\0\0WEBPXXXX" + b"\0" * 20, None),
    "jpeg without a frame": (b"\xff\xd8\xff\xd9" + b"\0" * 20, None),
    "a text": (b"hello", None),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_the_size_of_a_picture_is_read_from(kind: str) -> None:
    data, size = PICTURES[kind]

    assert pictures.size(data) == size


@given(st.binary(max_size=64))
def test_no_bytes_break_the_reading_of_pictures(tail: bytes) -> None:
    for data, _ in PICTURES.values():
        pictures.size(data[:16] + tail)


def test_issues_make_a_tree() -> None:
    issues = [Issue(("a", 0, "b"), "X", "x"), Issue(("a", 0), "Y", "y"), Issue((), "Z", "z")]

    assert tree(issues) == {
        "a": {
            "0": {
                "b": {"_errors": [{"code": "X", "message": "x"}]},
                "_errors": [{"code": "Y", "message": "y"}],
            }
        },
        "_errors": [{"code": "Z", "message": "z"}],
    }


@given(st.sets(st.integers(1, 1000), min_size=1), st.integers(0, 1001), st.integers(1, 50))
def test_a_log_pages_like_a_sorted_list(ids: set[int], at: int, limit: int) -> None:
    log, author = MessageLog(), User(1, "a")
    for each in sorted(ids):
        log.add(Message(each, 1, 1, author, 0.0))
    removed = min(ids)
    log.remove(removed)
    left = sorted(ids - {removed}, reverse=True)

    assert [m.id for m in log.before(at, limit)] == [i for i in left if i < at][:limit]
    assert [m.id for m in log.after(at, limit)] == [i for i in left if i > at][-limit:]
    assert len(log.around(at, limit)) <= limit
    assert len(log) == len(left)
