"""Whatever Discord answers, every incident is told, nothing is hurried, and nobody is flooded."""

from __future__ import annotations

import json

import pytest

from services.debugcog.outbox.outcomes import Outcome, Result
from tests.alert_world import ADMIN, FALLBACK, FINE, INTERVAL, World

MINUTE = 60.0
HOUR = 3600.0
RULES = tuple("abcdef")


async def breach_all(world: World, value: float, seconds: float) -> None:
    world.values.update(dict.fromkeys(world.names, value))
    await world.run(seconds)


def all_told(world: World) -> bool:
    return all(world.mentions(incident) for incident in world.incidents)


def kinds(world: World) -> list[str]:
    return [str(message.versions[0]["kind"]) for message in world.discord.messages]


async def test_an_outage_of_an_hour_loses_nothing_and_ends_in_one_digest() -> None:
    world = World(RULES)
    await world.run(2 * MINUTE)
    world.discord.down = True
    for index, name in enumerate(RULES):
        await world.breach(name, 25.0 if index % 2 else 15.0, 4 * MINUTE)
    await breach_all(world, FINE, 40 * MINUTE)
    world.discord.down = False
    await world.run(10 * MINUTE)
    assert len(world.incidents) == 6
    assert all_told(world)
    assert kinds(world) == ["open", "digest"]
    assert [len(world.closing_marks(incident)) for incident in world.incidents] == [1] * 6


async def test_what_still_fires_after_an_outage_gets_a_card_again() -> None:
    world = World(RULES)
    await world.run(2 * MINUTE)
    world.discord.down = True
    await breach_all(world, 15.0, 30 * MINUTE)
    world.discord.down = False
    await breach_all(world, 15.0, 5 * MINUTE)
    await breach_all(world, 16.0, 5 * MINUTE)
    assert kinds(world) == ["open", "digest"] + ["open"] * 5


async def test_attempts_in_an_outage_are_spread_and_few() -> None:
    world = World()
    await world.run(2 * MINUTE)
    world.discord.down = True
    await world.breach("memory", 15.0, HOUR)
    assert 60 <= world.discord.requests <= 120


@pytest.mark.parametrize("retry_after", [45.0, 1336.0])
async def test_a_429_pauses_the_sender_even_over_a_restart(retry_after: float) -> None:
    world = World(RULES)
    await world.run(2 * MINUTE)
    world.discord.faults.append(Result(Outcome.LIMITED, retry_after=retry_after))
    await breach_all(world, 15.0, 3 * MINUTE)  # a request too early fails in the world's Discord
    await world.stop()
    await world.run(30 * MINUTE)
    assert all_told(world)


async def test_cloudflare_and_a_bad_token_open_the_circuit_for_fifteen_minutes() -> None:
    world = World(RULES)
    await world.run(2 * MINUTE)
    world.discord.faults.extend([Result(Outcome.BANNED)] * 3)
    await breach_all(world, 15.0, HOUR)
    assert all_told(world)
    requests = world.discord.requests - len(world.discord.messages)
    assert requests - sum(len(one.versions) - 1 for one in world.discord.messages) == 3


async def test_a_restart_closes_the_circuit() -> None:
    world = World()
    await world.run(2 * MINUTE)
    world.discord.faults.append(Result(Outcome.BANNED))
    await world.breach("memory", 15.0, 3 * MINUTE)
    await world.stop()
    await world.run(INTERVAL)
    assert all_told(world)


async def test_a_closed_channel_is_left_for_the_second_one_and_tried_again() -> None:
    world = World(fallback=FALLBACK)
    await world.run(2 * MINUTE)
    world.discord.closed.add(ADMIN)
    await world.breach("memory", 15.0, 4 * MINUTE)
    assert [message.channel for message in world.discord.messages] == [FALLBACK]
    await world.breach("memory", FINE, 10 * MINUTE)
    world.discord.closed.clear()
    await world.run(HOUR)
    await world.breach("memory", 15.0, 4 * MINUTE)
    assert [message.channel for message in world.discord.messages] == [FALLBACK, ADMIN]


async def test_a_card_in_a_closed_channel_goes_on_in_the_second_one() -> None:
    world = World(fallback=FALLBACK)
    await world.run(2 * MINUTE)
    await world.breach("memory", 15.0, 4 * MINUTE)
    world.discord.closed.add(ADMIN)
    await world.breach("memory", FINE, 10 * MINUTE)
    assert [message.channel for message in world.discord.messages] == [ADMIN, FALLBACK]
    assert world.told()[1] == "show ended ended"


@pytest.mark.parametrize(
    ("closed", "reason"),
    [({ADMIN}, "access or a permission is missing"), (set(), "not reached")],
)
async def test_a_digest_says_why_its_posts_were_held_back(closed: set[int], reason: str) -> None:
    world = World(RULES)
    await world.run(2 * MINUTE)
    world.discord.closed, world.discord.down = closed, not closed
    await breach_all(world, 25.0, 30 * MINUTE)
    world.discord.closed, world.discord.down = set(), False
    await world.run(2 * HOUR)
    (digest,) = world.disk.rows("SELECT body FROM outbox WHERE kind = 'digest'")
    assert json.loads(digest["body"])["reason"] == reason


async def test_without_a_second_channel_a_closed_one_is_tried_at_growing_intervals() -> None:
    world = World()
    await world.run(2 * MINUTE)
    world.discord.closed.add(ADMIN)
    await world.breach("memory", 15.0, 4 * HOUR)
    assert 5 <= world.discord.requests <= 8
    world.discord.closed.clear()
    await world.run(HOUR)
    assert all_told(world)


async def test_a_payload_that_is_refused_gets_shorter_and_never_blocks_another() -> None:
    world = World(("a", "b"))
    await world.run(2 * MINUTE)
    world.discord.refused = lambda content: content["subject"] == "incident:1"
    await breach_all(world, 15.0, 3 * MINUTE)
    assert world.mentions(world.incidents[1])
    (row,) = world.disk.rows("SELECT state, level FROM outbox WHERE subject = 'incident:1'")
    assert tuple(row) == ("dead", 3)
    assert world.sender.outcomes[Outcome.REFUSED] == 4


async def test_what_was_refused_in_full_arrives_as_id_and_severity() -> None:
    world = World()
    await world.run(2 * MINUTE)
    world.discord.refused = lambda content: content["level"] != 3
    await world.breach("memory", 15.0, 4 * MINUTE)
    assert world.discord.messages[0].now["level"] == 3
    assert all_told(world)


async def test_an_incident_whose_post_died_is_not_tried_again_until_its_end() -> None:
    world = World()
    await world.run(2 * MINUTE)
    world.discord.refused = lambda _: True
    for value in range(15, 25):
        await world.breach("memory", float(value % 20 + 10), 2 * MINUTE)
    requests = world.discord.requests
    world.discord.refused = lambda _: False
    await world.breach("memory", FINE, 10 * MINUTE)
    assert requests <= 8
    assert world.discord.messages[0].versions[0]["state"] == "ended"


async def test_a_row_that_never_gets_a_good_answer_lets_the_others_pass() -> None:
    world = World(("a", "b", "c"))
    await world.run(2 * MINUTE)
    world.discord.stuck = "incident:1"
    await breach_all(world, 15.0, 20 * MINUTE)
    assert [bool(world.mentions(one)) for one in world.incidents] == [False, True, True]
    world.discord.stuck = ""
    await world.run(10 * MINUTE)
    assert all_told(world)


async def test_an_answer_that_was_lost_is_not_posted_twice() -> None:
    for away in (0.0, 10 * MINUTE):  # inside and beyond the time that Discord knows a nonce
        world = World()
        await world.run(2 * MINUTE)
        world.discord.faults.append("lost answer")
        await world.breach("memory", 15.0, 2 * MINUTE + INTERVAL)
        world.clock.pass_time(away)
        await world.run(10 * MINUTE)
        assert kinds(world) == ["open"]


@pytest.mark.parametrize("level", [1, 2, 3])
async def test_a_form_that_never_gets_an_answer_is_given_up_for_a_shorter_one(level: int) -> None:
    world = World(("memory", "loop"))
    await world.run(2 * MINUTE)
    world.discord.unanswered = lambda content: int(str(content["level"])) < level
    await breach_all(world, 15.0, level * 15 * MINUTE)
    assert [message.now["level"] for message in world.discord.messages] == [level] * 2
    await breach_all(world, FINE, level * 30 * MINUTE)
    assert [len(world.closing_marks(incident)) for incident in world.incidents] == [1, 1]
    assert kinds(world) == ["open", "open"]
    assert [message.now["state"] for message in world.discord.messages] == ["ended", "ended"]


async def test_what_is_taken_and_never_answered_for_is_found_and_comes_once() -> None:
    world = World()
    await world.run(2 * MINUTE)
    world.discord.unanswered, world.discord.takes_unanswered = (lambda _: True), True
    await world.breach("memory", 15.0, HOUR)
    await world.breach("memory", FINE, HOUR)
    assert world.told() == ["show ended ended"]
    assert world.discord.messages[0].now["level"] == 0


async def test_after_an_outage_in_which_nothing_was_answered_the_full_form_is_posted() -> None:
    world = World()
    await world.run(2 * MINUTE)
    world.discord.unsure = True
    await world.breach("memory", 15.0, HOUR)
    world.discord.unsure = False
    await world.run(10 * MINUTE)
    assert [message.now["level"] for message in world.discord.messages] == [0]


async def lose_an_answer(world: World) -> None:
    """Post, lose the answer, and be cut off until Discord has forgotten the nonce."""
    await world.run(2 * MINUTE)
    world.discord.faults.append("lost answer")
    await world.breach("memory", 15.0, 2 * MINUTE + INTERVAL)
    world.discord.down = True
    await world.run(10 * MINUTE)


async def test_a_look_that_fails_is_repeated_before_anything_is_posted_again() -> None:
    world = World()
    await lose_an_answer(world)
    world.discord.down = False
    await world.run(10 * MINUTE)
    assert kinds(world) == ["open"]
    assert world.disk.rows("SELECT reason FROM outbox")[0]["reason"] == "found in the channel"


async def test_a_look_that_fails_lets_other_posts_pass() -> None:
    world = World(("memory", "loop"))
    await lose_an_answer(world)
    world.values["loop"] = 15.0
    await world.run(10 * MINUTE)
    world.discord.down = False
    await world.run(10 * MINUTE)
    assert kinds(world) == ["open", "open"]


async def test_without_the_right_to_read_the_channel_a_post_may_come_twice() -> None:
    world = World()
    await lose_an_answer(world)
    world.discord.down = False
    world.discord.unreadable = True
    await world.run(10 * MINUTE)
    assert kinds(world) == ["open", "open"]


async def test_a_card_that_was_deleted_is_posted_afresh_while_it_fires() -> None:
    world = World()
    await world.run(2 * MINUTE)
    await world.breach("memory", 15.0, 4 * MINUTE)
    world.discord.deleted.add(1)
    await world.run(10 * MINUTE)
    assert kinds(world) == ["open"]
    await world.breach("memory", 16.0, 4 * MINUTE)
    assert kinds(world) == ["open", "open"]


async def test_a_card_too_old_to_edit_ends_in_a_fresh_post() -> None:
    world = World()
    await world.run(2 * MINUTE)
    await world.breach("memory", 15.0, 4 * MINUTE)
    world.discord.faults.append(Result(Outcome.EDIT_LIMITED, retry_after=600.0))
    await world.breach("memory", 16.0, 4 * MINUTE)
    await world.breach("memory", 17.0, 4 * MINUTE)
    await world.breach("memory", FINE, 20 * MINUTE)
    assert world.told() == ["open opened firing", "open ended ended"]


async def test_a_storm_of_incidents_stays_under_the_cap_and_names_every_one() -> None:
    world = World(tuple(f"rule{number:02}" for number in range(40)))
    await world.run(2 * MINUTE)
    await breach_all(world, 15.0, 3 * MINUTE)
    assert kinds(world) == ["open"] * 10
    await world.run(30 * MINUTE)
    assert all_told(world)
    assert kinds(world)[10:] == ["digest"] * 2


async def test_a_critical_post_is_not_delayed_by_others() -> None:
    world = World((*(f"rule{number:02}" for number in range(30)), "worst"))
    await world.run(2 * MINUTE)
    await breach_all(world, 15.0, 3 * MINUTE)
    await world.breach("worst", 25.0, MINUTE)
    title = str(world.discord.messages[-1].now["title"])
    assert title.startswith("🔴 #31 critical · Worst 25 (limit 20), since ")


async def test_a_digest_can_name_twenty_and_the_rest_gets_another() -> None:
    world = World(tuple(f"rule{number:02}" for number in range(50)))
    await world.run(2 * MINUTE)
    world.discord.down = True
    await breach_all(world, 15.0, HOUR)
    world.discord.down = False
    await world.run(10 * MINUTE)
    assert kinds(world) == ["open"] + ["digest"] * 3
    assert all_told(world)


@pytest.mark.parametrize("seconds", [-2 * HOUR, 2 * HOUR])
async def test_a_clock_that_is_set_makes_no_digest_of_what_is_new(seconds: float) -> None:
    world = World(RULES)
    await world.run(2 * MINUTE)
    world.clock.set(seconds)
    await breach_all(world, 15.0, 5 * MINUTE)
    assert kinds(world) == ["open"] * 6


@pytest.mark.parametrize("seconds", [-2 * HOUR, 2 * HOUR])
async def test_a_clock_that_is_set_in_an_outage_takes_nothing_from_its_digest(
    seconds: float,
) -> None:
    world = World(RULES)
    await world.run(2 * MINUTE)
    world.discord.down = True
    world.clock.set(seconds)
    await breach_all(world, 15.0, 30 * MINUTE)
    world.discord.down = False
    await world.run(5 * MINUTE)
    assert kinds(world) == ["open", "digest"]


async def test_a_crash_and_a_test_alert_are_told_at_once_while_other_posts_wait_for_the_cap() -> (
    None
):
    world = World(tuple("abcdefghijkl"))
    await world.run(2 * MINUTE)
    await breach_all(world, 15.0, 3 * MINUTE)
    assert kinds(world) == ["open"] * 10, "two wait"
    world.restart()
    await world.tick()
    await world.admin(lambda: world.desk.test("ada"))
    await world.tick()
    subjects = [str(message.now["subject"]).partition(":")[0] for message in world.discord.messages]
    assert subjects == ["incident"] * 10 + ["crash", "test"]


async def test_a_critical_end_rings_at_once_while_other_posts_wait_for_the_cap() -> None:
    world = World(tuple("abcdefghijkl"))
    await world.run(2 * MINUTE)
    await world.breach("a", 25.0, 3 * MINUTE)
    await breach_all(world, 15.0, 3 * MINUTE)
    await world.breach("a", FINE, 6 * MINUTE)
    last = world.discord.messages[-1].now
    assert (last["kind"], last["event"], last["subject"]) == ("reply", "ended", "incident:1")
    assert len(world.discord.messages) == 12, "one incident still waits"


@pytest.mark.parametrize("outcome", [Outcome.UNBUILT, Outcome.TOO_LARGE])
async def test_what_discord_may_have_taken_gets_no_shorter_form_before_it_was_looked_for(
    outcome: Outcome,
) -> None:
    world = World()
    await world.run(2 * MINUTE)
    world.discord.faults.extend(["lost answer", Result(outcome)])
    await world.breach("memory", 15.0, 10 * MINUTE)
    assert kinds(world) == ["open"]
