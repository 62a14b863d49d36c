"""/debug alerts through the sandbox: what an admin sees and does, and what others cannot."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cogs.debug.app.access import REFUSAL
from cogs.debug.app.cog import UNKNOWN_CONTROL
from cogs.debug.app.feature_handlers import FeatureHandlers
from cogs.debug.features.alerts.handlers import AlertHandlers
from discord_sandbox import Member, Message, Overwrite, Permission
from discord_sandbox.people.runs import Run
from services.debugcog.alerting.rules import Rule, Severity, rule
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

FINE, WARNING, CRITICAL = 1.0, 100.0, 500.0


class Queue(Host):
    """A host with a rule of its own, whose value the test sets."""

    def __init__(self, length: float = FINE) -> None:
        super().__init__()
        self.length = length
        self.alert_rules: list[Rule] = [
            rule(
                "queue",
                lambda _: self.length,
                warning=100,
                critical=500,
                for_seconds=1,
                description="Jobs",
            )
        ]


@pytest.fixture
async def queue(home: Home) -> AsyncIterator[Queue]:
    async with running(Queue(), home.sandbox) as bot:
        await registered()
        yield bot


async def ask(home: Home, find: str = "", who: Member | None = None) -> Run:
    options = {"find": find} if find else {}
    run = await home.sandbox.run_command(who or home.owner, home.channel, "debug alerts", options)
    return await run.wait(lambda run: run.message and run.message.embeds)


async def fired(home: Home, host: Queue, length: float = WARNING) -> Message:
    host.length = length
    return await home.alerts.wait_for(lambda it: "Queue" in it.text)


async def press(home: Home, message: Message | None, label: str, says: str) -> Run:
    run = await home.sandbox.click(home.owner, message, label)
    return await run.wait(lambda run: run.message and says in run.message.text)


def labels(message: Message | None) -> list[str]:
    assert message
    return [
        str(each.get("label") or each.get("placeholder"))
        for row in message.components
        for each in row["components"]
    ]


def thresholds(host: Host) -> tuple[float | None, float | None]:
    (queue,) = (one for one in host.cog.runtime.alerting.service.rules if one.name == "queue")
    return queue.threshold(Severity.WARNING), queue.threshold(Severity.CRITICAL)


async def test_the_list_says_what_fires_what_is_watched_and_where_posts_go(
    home: Home, queue: Queue
) -> None:
    quiet = await ask(home)
    assert quiet.message
    assert quiet.message.embeds[0]["title"] == "✅ Alerts · all quiet"
    assert "✅ Queue: 1" in quiet.message.text
    assert f"Posting to <#{home.alerts.id}>. Queue empty." in quiet.message.text
    await fired(home, queue)
    loud = await ask(home)
    assert loud.message
    assert loud.message.embeds[0]["title"] == "⚠️ Alerts · 1 open"
    assert "⚠️ **#1 Queue** 100 (limit 100) · started <t:" in loud.message.text
    assert labels(loud.message) == [
        "Open an incident",
        "Open a rule: value, thresholds, silences",
        "Send a test alert",
        "Refresh",
    ]


async def test_an_incident_is_opened_from_the_list_and_acknowledged(
    home: Home, queue: Queue
) -> None:
    await fired(home, queue)
    listed = await ask(home, who=home.moderator)
    opened = await home.sandbox.choose(home.moderator, listed.message, "Open an incident", ["1"])
    await opened.wait(lambda run: run.message and "Incident #1" in run.message.text)
    acked = await home.sandbox.click(home.moderator, opened.message, "Acknowledge")
    await acked.wait(lambda run: run.message and "Acknowledged" in run.message.text)
    again = await press(home, (await ask(home, "#1")).message, "Refresh", "Acknowledged")
    assert "Acknowledge" not in labels(again.message)
    assert again.message
    assert home.moderator.mention in again.message.text


async def test_a_control_is_answered_in_time_however_long_its_handlers_take_to_be_made(
    home: Home, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, may_be_made, make = await ask(home), threading.Event(), FeatureHandlers.alerts

    def make_late(of: FeatureHandlers) -> AlertHandlers:
        may_be_made.wait(20)
        return make(of)

    monkeypatch.setattr(FeatureHandlers, "alerts", make_late)
    await queue.reload_extension("cogs.debug")
    await registered()
    await fired(home, queue)
    run = await home.sandbox.click(home.owner, listed.message, "Refresh")  # which is acknowledged
    may_be_made.set()
    await run.wait(lambda run: run.message and "#1 Queue" in run.message.text)


async def test_the_first_who_acknowledges_stays_named(home: Home, queue: Queue) -> None:
    card = await fired(home, queue)
    stale = list(card.components)
    await home.sandbox.click(home.moderator, card, "Acknowledge")
    await home.alerts.wait_for(lambda it: home.moderator.mention in it.text)
    card.components = stale
    second = await home.sandbox.click(home.admin, card, "Acknowledge")
    told = f"Already acknowledged: incident #1 (Queue), by {home.moderator.mention}"
    await second.wait(lambda run: run.message and told in run.message.text)
    assert "Undo" not in labels(second.message)


async def test_a_silence_of_an_incident_is_set_and_lifted(home: Home, queue: Queue) -> None:
    card = await fired(home, queue)
    run = await home.sandbox.choose(home.owner, card, "Silence for …", ["Silence for 8 h"])
    await run.wait(lambda run: run.message and "Silenced: Queue, warnings" in run.message.text)
    assert (run.message and run.message.embeds, labels(run.message)) == ([], ["Undo", "Details"])
    await home.alerts.wait_for(lambda it: "Silenced" in it.text)
    listed = await ask(home)
    assert listed.message
    assert f"Queue: warnings until <t:{silenced_until(queue)}:f>, by" in listed.message.text
    lifted = await home.sandbox.click(home.owner, card, "Unsilence")
    await lifted.wait(lambda run: run.message and "Silence ended: Queue." in run.message.text)
    assert queue.cog.runtime.alerting.service.silences == ()


def silenced_until(host: Host) -> int:
    (silence,) = host.cog.runtime.alerting.service.silences
    return round(silence.shown_until)


async def test_a_rule_is_silenced_for_warnings_or_for_critical_too(
    home: Home, queue: Queue
) -> None:
    opened = await ask(home, "queue")
    warned = await home.sandbox.choose(
        home.owner, opened.message, "Silence …", ["Warnings for 1 h"]
    )
    await warned.wait(lambda run: run.message and "Silenced: Queue, warn" in run.message.text)
    (silence,) = queue.cog.runtime.alerting.service.silences
    assert (silence.rule, silence.severity) == ("queue", Severity.WARNING)
    opened = await press(home, warned.message, "Open rule", "Rule queue")
    both = await home.sandbox.choose(
        home.owner, opened.message, "Silence …", ["Warnings and critical for 24 h"]
    )
    await both.wait(lambda run: run.message and "warnings and critical" in run.message.text)
    (silence,) = queue.cog.runtime.alerting.service.silences
    assert silence.severity is Severity.CRITICAL
    opened = await press(home, both.message, "Open rule", "Rule queue")
    await press(home, opened.message, "Unsilence", "Silence ended: Queue.")
    assert queue.cog.runtime.alerting.service.silences == ()


async def test_thresholds_are_changed_by_a_form_survive_a_reload_and_go_back(
    home: Home, queue: Queue
) -> None:
    opened = await ask(home, "Queue")
    form = await home.sandbox.click(home.owner, opened.message, "Change thresholds")
    assert form.modal
    assert form.modal.title == "Thresholds: Queue"
    sent = await home.sandbox.submit(home.owner, form.modal, {"Warning (default 100)": "1.5k"})
    await sent.wait(lambda run: run.message and "Critical must not" in run.message.text)
    assert thresholds(queue) == (100, 500)
    corrected = await home.sandbox.click(home.owner, opened.message, "Edit again")
    sent = await home.sandbox.submit(
        home.owner, corrected.modal, {"Critical (default 500)": "2,000"}
    )
    await sent.wait(lambda run: run.message and "Thresholds changed" in run.message.text)
    assert thresholds(queue) == (1500, 2000)
    await queue.reload_extension("cogs.debug")
    await registered()
    assert thresholds(queue) == (1500, 2000)
    await press(home, opened.message, "Default thresholds", "Default thresholds restored")
    assert thresholds(queue) == (100, 500)
    await queue.reload_extension("cogs.debug")
    await registered()
    assert thresholds(queue) == (100, 500)


@pytest.mark.parametrize("text", ["much", "nan", "-5", "1e9", "∞", "0", "5 GB"])
async def test_a_threshold_that_is_none_is_refused_with_what_is_allowed(
    home: Home, queue: Queue, text: str
) -> None:
    opened = await ask(home, "queue")
    form = await home.sandbox.click(home.owner, opened.message, "Change thresholds")
    sent = await home.sandbox.submit(home.owner, form.modal, {"Warning (default 100)": text})
    await sent.wait(
        lambda run: run.message and "is not a number above zero, such as" in run.message.text
    )
    assert thresholds(queue) == (100, 500)
    again = await home.sandbox.click(home.owner, opened.message, "Edit again")
    assert again.modal
    assert text in str(again.modal.components)


async def test_a_form_that_is_wrong_twice_is_told_so_at_once(home: Home, queue: Queue) -> None:
    opened = await ask(home, "queue")
    form = await home.sandbox.click(home.owner, opened.message, "Change thresholds")
    typed = {"Warning (default 100)": "9e9", "Critical (default 500)": "lots"}
    sent = await home.sandbox.submit(home.owner, form.modal, typed)
    await sent.wait(lambda run: run.message and "Nothing was changed." in run.message.text)
    assert sent.message
    allowed = "is not a number above zero, such as 100 or 2.5."
    told = f"Warning: 9e9 {allowed} Critical: lots {allowed} Nothing was changed."
    assert told in sent.message.text


async def test_a_form_leaves_an_audit_line_with_what_was_typed(
    home: Home, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    opened = await ask(home, "queue")
    form = await home.sandbox.click(home.owner, opened.message, "Change thresholds")
    with caplog.at_level(logging.INFO, "debugcog.audit"):
        sent = await home.sandbox.submit(home.owner, form.modal, {"Warning (default 100)": "50\nx"})
        await sent.wait(lambda run: run.message and "is not a number" in run.message.text)
    *_, line = [one.getMessage() for one in caplog.records if one.name == "debugcog.audit"]
    assert line == (
        f"use: rule.set queue warning='50\\nx' critical='500' (owner) user_id={home.owner.user.id} "
        f"guild_id={home.guild.id} channel_id={home.channel.id}"
    )


async def test_a_form_of_another_version_says_so(home: Home, queue: Queue) -> None:
    opened = await ask(home, "queue")
    form = await home.sandbox.click(home.owner, opened.message, "Change thresholds")
    assert form.modal
    forged = replace(form.modal, custom_id="debugcog:rule.teleport:now")
    sent = await home.sandbox.submit(home.owner, forged, {})
    await sent.wait(
        lambda run: (
            UNKNOWN_CONTROL in [each.content for each in (run.message, *run.followups) if each]
        )
    )


async def test_a_changed_threshold_is_told_on_the_card_of_its_own_incident(
    home: Home, queue: Queue
) -> None:
    opened = await ask(home, "queue")
    queue.length = 60.0
    form = await home.sandbox.click(home.owner, opened.message, "Change thresholds")
    await home.sandbox.submit(home.owner, form.modal, {"Warning (default 100)": "50"})
    card = await fired(home, queue, 60.0)
    assert "Thresholds: warning 50, critical 500, set by" in card.text


async def test_a_test_alert_arrives_and_its_sender_is_told_where(home: Home, queue: Queue) -> None:
    listed = await ask(home)
    told = await press(home, listed.message, "Send a test alert", "Delivered to")
    (alert,) = home.alerts.messages
    assert "Alerts reach this channel" in alert.text
    assert told.message
    link = f"https://discord.com/channels/{home.guild.id}/{home.alerts.id}/{alert.id}"
    assert f"✅ Delivered to <#{home.alerts.id}>: [see it]({link})." in told.message.text


async def test_a_test_alert_that_discord_refuses_names_the_reason_and_the_fix(
    home: Home, queue: Queue
) -> None:
    home.alerts.overwrites[home.guild.id] = Overwrite(deny=Permission.SEND_MESSAGES)
    listed = await ask(home)
    told = await press(home, listed.message, "Send a test alert", "Not delivered yet")
    assert told.message
    assert f"The bot may not write in <#{home.alerts.id}>." in told.message.text
    assert "Missing Permissions" in told.message.text
    board = await press(home, told.message, "All alerts", "1 post queued")
    assert board.message
    assert "Give it View Channel, Send Messages" in board.message.text
    del home.alerts.overwrites[home.guild.id]
    await press(home, board.message, "Send a test alert", "Delivered to")
    assert len(home.alerts.messages) == 2


async def test_the_owner_gets_what_a_closed_channel_does_not_take_if_that_is_configured(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ALERT_FALLBACK_CHANNEL_ID", "owner")
    environment.setenv("ALERT_PING_ROLE_ID", str(home.ops.id))
    home.alerts.overwrites[home.guild.id] = Overwrite(deny=Permission.SEND_MESSAGES)
    async with running(Queue(CRITICAL), home.sandbox):
        direct = home.sandbox.direct(home.owner)
        card = await direct.wait_for(lambda it: "Queue" in it.text)
        assert card.content.startswith("🔴 Queue 500 (limit 500), since ")
        assert card.content.endswith(" UTC")
        await press(home, card, "Acknowledge", "Acknowledged: incident #1 (Queue).")
        listed = await ask(home)
        assert listed.message
        assert "Posting to the owner's direct messages." in listed.message.text
        trial = await press(home, listed.message, "Send a test alert", "Delivered to")
        assert trial.message
        delivered = "Delivered to the owner's direct messages. The first channel refuses the bot."
        assert delivered in trial.message.text


async def test_without_a_channel_the_list_and_the_test_alert_name_the_setting(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("ALERT_CHANNEL_ID")
    async with running(Queue(), home.sandbox):
        await registered()
        listed = await ask(home)
        assert listed.message
        assert "`ALERT_CHANNEL_ID` is not set" in listed.message.text
        await press(home, listed.message, "Send a test alert", "`ALERT_CHANNEL_ID` is not set")


async def test_what_keeps_rules_from_being_evaluated_is_told(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    environment.setenv("METRICS_ENABLED", "false")
    environment.setenv("STATE_PATH", str(tmp_path / "file" / "state.sqlite3"))
    async with running(Queue(), home.sandbox):
        await registered()
        listed = await ask(home)
        assert listed.message
        assert "⚠️ No rule is evaluated: `METRICS_ENABLED` is false." in listed.message.text
        assert "state is lost with the process" in listed.message.text


async def test_a_state_file_that_cannot_be_used_is_told_with_the_alerts_and_the_errors(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "taken").touch()
    environment.setenv("STATE_PATH", "taken/bot.sqlite3")
    async with running(Queue(), home.sandbox):
        await registered()
        alerts = await ask(home)
        errors = await home.sandbox.run_command(home.owner, home.channel, "debug errors")
        await errors.wait(lambda run: run.message and run.message.embeds)
    for shown in (alerts.message, errors.message):
        assert shown
        assert f"⚠️ State file: {tmp_path}/taken/bot.sqlite3 cannot be used" in shown.text
        assert f"fix: move the file {tmp_path}/taken away" in shown.text
        assert "state is lost with the process" in shown.text


async def test_a_form_for_a_rule_that_is_gone_is_told(home: Home, queue: Queue) -> None:
    opened = await ask(home, "queue")
    form = await home.sandbox.click(home.owner, opened.message, "Change thresholds")
    queue.alert_rules = []
    await queue.reload_extension("cogs.debug")
    sent = await home.sandbox.submit(home.owner, form.modal, {"Warning (default 100)": "5"})
    await sent.wait(lambda run: run.message and "There is no rule `queue` now" in run.message.text)


async def test_buttons_of_an_old_card_work_after_a_reload(home: Home, queue: Queue) -> None:
    card = await fired(home, queue)
    await queue.reload_extension("cogs.debug")
    run = await home.sandbox.click(home.moderator, card, "Acknowledge")
    await run.wait(lambda run: run.message and "Acknowledged: incident #1" in run.message.text)
    await home.alerts.wait_for(lambda it: home.moderator.mention in it.text)


async def test_an_incident_that_is_over_takes_no_change_and_says_so(
    home: Home, queue: Queue
) -> None:
    card = await fired(home, queue)
    stale = list(card.components)
    queue.length = FINE
    await home.alerts.wait_for(lambda it: "Resolved" in it.text)
    card.components = stale
    run = await home.sandbox.click(home.owner, card, "Acknowledge")
    told = "Nothing was changed: incident #1 (Queue) is over."
    await run.wait(lambda run: run.message and told in run.message.text)


async def test_a_stranger_can_neither_see_nor_change_anything(home: Home, queue: Queue) -> None:
    person = home.stranger
    card = await fired(home, queue)
    opened = await ask(home, "queue")
    assert opened.message
    form = await home.sandbox.click(home.owner, opened.message, "Change thresholds")
    opened.message.flags = 0  # as if it stood in the channel
    for message, label in ((card, "Acknowledge"), (opened.message, "Change thresholds")):
        run = await home.sandbox.click(person, message, label)
        await run.wait(lambda run: run.message and run.message.content == REFUSAL)
        assert run.modal is None
    assert form.modal
    form.modal.interaction.user = person.user  # a forged submit
    sent = await home.sandbox.submit(person, form.modal, {"Warning (default 100)": "1"})
    await sent.wait(
        lambda run: REFUSAL in [each.content for each in (run.message, *run.followups) if each]
    )
    assert thresholds(queue) == (100, 500)
    choices = await home.sandbox.autocomplete(
        person, home.channel, "debug alerts", option="find", value=""
    )
    assert choices == []


async def test_an_administrator_of_a_foreign_server_can_neither_look_nor_press(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    foreign = home.sandbox.add_guild("Elsewhere")
    boss = foreign.add_member("eve", roles=[foreign.add_role("Boss", Permission.ADMINISTRATOR)])
    owner = foreign.add_member(user=home.sandbox.owner)
    there = foreign.add_text_channel("general")
    environment.setenv("DEBUG_GUILD_IDS", f"{home.guild.id},{foreign.id}")
    async with running(Queue(), home.sandbox) as host:
        await registered()
        settings = host.cog.runtime.settings
        object.__setattr__(settings, "debug_guild_ids", frozenset({home.guild.id}))
        run = await home.sandbox.run_command(boss, there, "debug alerts")
        assert run.message
        assert run.message.content == REFUSAL
        opened = await home.sandbox.run_command(owner, there, "debug alerts", {"find": "queue"})
        await opened.wait(lambda run: run.message and run.message.components)
        assert opened.message
        opened.message.flags = 0  # as if it stood in the channel
        for label in ("Refresh", "Change thresholds"):
            run = await home.sandbox.click(boss, opened.message, label)
            assert run.message
            assert run.message.content == REFUSAL
        assert host.cog.runtime.alerting.service.silences == ()


@pytest.mark.parametrize(
    "forged",
    [
        "alert.unsilence:abc",
        "alert.silence:1.0",
        "rule.silence:queue.9.3600",
        "rule.silence:queue.2.99999999",
        "rule.silence:queue",
        "rule.set:queue",
        "errors:everything",
    ],
)
async def test_a_forged_control_is_refused(home: Home, queue: Queue, forged: str) -> None:
    listed = await ask(home)
    assert listed.message
    listed.message.components[-1]["components"][0]["custom_id"] = f"debugcog:{forged}"
    run = await home.sandbox.click(home.owner, listed.message, f"debugcog:{forged}")
    await run.wait(
        lambda run: (
            UNKNOWN_CONTROL in [each.content for each in (run.message, *run.followups) if each]
        )
    )
    assert queue.cog.runtime.alerting.service.silences == ()


@pytest.mark.parametrize(
    "forged",
    [
        "rule:gone",
        "rule.form:gone",
        "rule.default:gone",
        "rule.silence:gone.1.3600",
        "rule.unsilence:gone",
    ],
)
async def test_a_rule_that_is_gone_is_told(home: Home, queue: Queue, forged: str) -> None:
    listed = await ask(home)
    assert listed.message
    listed.message.components[-1]["components"][0]["custom_id"] = f"debugcog:{forged}"
    await press(home, listed.message, f"debugcog:{forged}", "There is no rule `gone` now")


async def test_find_completes_open_incidents_then_rules(home: Home, queue: Queue) -> None:
    await fired(home, queue)

    async def complete(typed: str) -> list[tuple[str, str]]:
        choices = await home.sandbox.autocomplete(
            home.owner, home.channel, "debug alerts", option="find", value=typed
        )
        return [(choice["name"], choice["value"]) for choice in choices]

    assert await complete("queu") == [("⚠️ #1 Queue", "1"), ("Rule: Queue", "queue")]
    assert ("Rule: Memory", "memory") in await complete("")
    assert await complete("nothing of it") == []


async def test_a_part_of_the_name_of_one_rule_finds_it(home: Home, queue: Queue) -> None:
    for part in ("respon", "sponse TIME", "queu"):
        found = await ask(home, part)
        assert found.message
        assert "Change thresholds" in str(found.message.components), part


async def test_a_part_that_several_have_offers_each_of_them(home: Home, queue: Queue) -> None:
    await fired(home, queue)
    many = await ask(home, "ue")
    assert many.message
    assert many.message.embeds[0]["title"] == "3 matches for `ue`"
    assert "#1 Queue" in many.message.text
    assert labels(many.message) == [
        "Open an incident",
        "Open a rule: value, thresholds, silences",
        "All alerts",
    ]


async def test_an_incident_of_no_rule_is_found_by_a_part_of_its_title(
    home: Home, queue: Queue
) -> None:
    queue.length = float("nan")
    await home.alerts.wait_for(lambda it: "No data for queue" in it.text)
    found = await ask(home, "no data")
    assert found.message
    assert "No data for queue" in str(found.message.embeds[0]["title"])
    assert "Acknowledge" in labels(found.message)


async def test_what_is_not_known_is_told(home: Home, queue: Queue) -> None:
    unknown = await ask(home, "quue")
    assert unknown.message
    assert "No incident or rule is known as `quue`" in unknown.message.text
    unknown = await ask(home, "999999999999999999999999")
    assert unknown.message
    assert "No incident #999999999999999999 is kept" in unknown.message.text


async def test_a_rule_card_shows_its_chart(home: Home, queue: Queue) -> None:
    queue.cog.runtime.process.sample()
    run = await ask(home, "memory")
    await run.wait(lambda run: run.message and run.message.attachments)
