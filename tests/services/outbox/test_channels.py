"""Which channel is written to, and how long to wait."""

from __future__ import annotations

from services.debugcog.outbox.channels import Channels
from services.debugcog.outbox.outcomes import Action

NOW = 1000.0


def test_the_first_channel_is_used() -> None:
    assert Channels(1, 2).target(NOW) == 1
    assert Channels(1, 2).wait(NOW) == 0.0


def test_a_channel_that_refuses_is_left_for_the_second_until_its_time_is_over() -> None:
    channels = Channels(1, 2)
    channels.note(1, Action("queued", divert=600.0), NOW)
    assert channels.target(NOW + 599) == 2
    assert channels.closed(NOW) == {1}
    assert channels.target(NOW + 600) == 1


def test_refusals_in_a_row_are_counted_until_one_is_taken() -> None:
    channels = Channels(1)
    assert channels.refusals(1) == 1
    channels.note(1, Action("queued", divert=600.0), NOW)
    assert channels.refusals(1) == 2
    channels.note(1, Action("sent"), NOW + 600)
    assert channels.refusals(1) == 1


def test_what_is_said_to_be_open_again_is_tried_at_once_and_counted_from_the_start() -> None:
    channels = Channels(1)
    channels.note(1, Action("queued", divert=600.0), NOW)
    channels.reopen()
    assert channels.target(NOW) == 1
    assert channels.refusals(1) == 1


def test_with_every_channel_closed_the_wait_is_for_the_first_that_opens() -> None:
    channels = Channels(1, 2)
    channels.note(1, Action("queued", divert=600.0), NOW)
    channels.note(2, Action("queued", divert=300.0), NOW)
    assert channels.target(NOW) is None
    assert channels.wait(NOW) == 300.0


def test_a_pause_holds_every_channel_and_is_not_cut_short() -> None:
    channels = Channels(1, 2)
    channels.note(1, Action("queued", pause=60.0), NOW)
    channels.note(1, Action("queued", rate_limit_pause=30.0), NOW)
    assert channels.target(NOW + 59) is None
    assert channels.wait(NOW) == 60.0
    assert channels.target(NOW + 60) == 1


def test_a_row_that_one_place_refuses_has_the_other_until_that_refuses_too() -> None:
    channels, elsewhere = Channels(1, 2), Action("queued", elsewhere=True)
    assert channels.has_other(70, 1)
    channels.note(1, elsewhere, NOW, 70)
    assert channels.target(NOW) == 1
    assert not channels.has_other(70, 2)
    assert channels.has_other(71, 2)
    channels.note(2, Action("sent"), NOW, 70)
    assert channels.has_other(70, 2)
