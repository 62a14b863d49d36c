"""By which name a state file says whose it is."""

from __future__ import annotations

from cogs.debug.app.owner import Owner


def test_a_bot_is_named_by_its_application_its_shards_and_its_channel() -> None:
    assert Owner((0, 1), 5).name(70) == "70 (0, 1) 5"


def test_before_its_login_a_bot_is_none_that_left_a_file() -> None:
    owner = Owner(None, 5)
    first, second = owner.name(None), owner.name(None)
    assert first != second
    assert first.startswith("unknown-")
