"""What holds for every command of /debug, those included that are added later."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import discord
import pytest
from discord import app_commands

from cogs.debug.app.access import REFUSAL
from cogs.debug.ui.footers import DRAWING
from cogs.debug.ui.responder import FAILED, UNDELIVERED
from discord_sandbox import Message
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.people.runs import Run
from discord_sandbox.world.messages import Pings
from services.debugcog.stalls.stall import Stall
from tests.e2e.conftest import Home, Host
from tests.e2e.test_calls import LATER, SLOW, recorded

BLOCKED = 2.0
"""Seconds for which the loop is blocked; Discord gives 3 for an acknowledgement."""
AT_ONCE = 4
"""Commands that come together."""
NEVER_SHARED = {"config", "dashboard", "export", "loglevel", "users"}
"""Who may do what, a link that logs in, a file with all of it, a change, and people."""
WRONG = re.compile(r"\b(nan|None|inf|Traceback|object at 0x|undefined)\b|" + re.escape(FAILED))
HOSTILE = "@everyone **x** `[a](http://b)` <@1> ```| \u202e\x00\x1b[31m\n# 1~0123456789a.b:3 👩‍👩‍👧"
CHARACTERS_MAX, SUBCOMMANDS_MAX = 8000, 25
# https://discord.com/developers/docs/interactions/application-commands#slash-commands


def commands_of(host: Host) -> list[app_commands.Command[Any, ..., Any]]:
    """Find the commands in the cog itself, so that a new one is among them."""
    group = host.cog.app_command
    assert isinstance(group, app_commands.Group)
    found = [one for one in group.walk_commands() if isinstance(one, app_commands.Command)]
    assert len(found) >= 6
    return found


def takes(command: app_commands.Command[Any, ..., Any], option: str) -> bool:
    return any(parameter.name == option for parameter in command.parameters)


def is_complete(run: Run) -> bool:
    """Return whether an answer is there, with its picture if it has one."""
    message = run.message
    there = message and not message.thinking and (message.content or message.embeds)
    return bool(there) and DRAWING not in str(message.embeds if message else "")


def shown(run: Run) -> Message:
    assert run.message
    return run.message


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


async def test_a_stranger_is_refused_every_command_and_learns_the_way_in(
    home: Home, host: Host
) -> None:
    answers = {}
    for command in commands_of(host):
        name = command.qualified_name
        run = await home.sandbox.run_command(home.stranger, home.channel, name)
        answers[name] = (shown(run).content, shown(run).ephemeral)
        if takes(command, "share"):
            run = await home.sandbox.run_command(home.stranger, home.channel, name, {"share": True})
            answers[f"{name} shared"] = (shown(run).content, shown(run).ephemeral)

    assert answers == dict.fromkeys(answers, (REFUSAL, True))
    assert home.channel.messages == []


async def test_with_nothing_recorded_every_command_answers_in_words_and_without_an_error(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {}
    for command in commands_of(host):
        name = command.qualified_name
        run = await home.sandbox.run_command(home.owner, home.channel, name)
        await run.wait(is_complete, timeout=60)
        message = shown(run)
        texts = [message.text, *(file.description or "" for file in message.attachments)]
        found = [text for text in texts if WRONG.search(text)]
        if found or not message.ephemeral or "no chart:" in message.text:
            wrong[name] = found or [message.text]

    assert wrong == {}
    assert errors(caplog) == []


async def test_with_lists_of_many_pages_discord_takes_every_answer(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    runtime, now, end = host.cog.runtime, time.time(), asyncio.Event()
    waiting = [asyncio.create_task(end.wait(), name=f"of the host {n}") for n in range(200)]
    for number in range(60):
        name = f"command_of_a_host_{number}"
        runtime.metrics.record("command", 20.0, command=name)
        runtime.metrics.record(f"host_{number}", 1.0)
        runtime.usage.activity.message(number + 1, name)
        runtime.stalls._stalls.add(Stall(now - number, 1.0 + number, name, "shop.py", number))
        runtime.errors.reporter.report(type(f"Error{number}", (Exception,), {})("boom"))
    assert runtime.errors.store.flush(10)
    for command in commands_of(host):
        options = {"seconds": 1} if takes(command, "seconds") else {}
        run = await home.sandbox.run_command(
            home.owner, home.channel, command.qualified_name, options
        )
        await run.wait(is_complete, timeout=60)
        for label in {"More ▶", "Older ▶"} & set(usable(shown(run))):
            turned = await home.sandbox.click(home.owner, run.message, label)
            await turned.wait(is_complete, timeout=60)

    end.set()
    await asyncio.gather(*waiting)
    assert [one.path for one in home.sandbox.requests if one.status == 400] == []
    assert errors(caplog) == []


def usable(message: Message) -> list[str]:
    """Name the buttons of a message that can be pressed."""
    return [str(each.get("label")) for each in controls(message)]


async def test_a_shared_answer_is_for_all_and_its_controls_change_it_in_place(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    shared = [command for command in commands_of(host) if takes(command, "share")]
    assert {one.name for one in shared} >= {"alerts", "errors"}
    for command in shared:
        assert command.name not in NEVER_SHARED
        run = await home.sandbox.run_command(
            home.owner, home.channel, command.qualified_name, {"share": True}
        )
        await run.wait(is_complete, timeout=60)
        assert not shown(run).ephemeral
        assert home.channel.messages[-1] is run.message
        if "Refresh" in labels(shown(run)):
            before = shown(run).edited_at or 0.0
            again = await home.sandbox.click(home.moderator, run.message, "Refresh")
            await again.wait(
                lambda _, run=run, before=before: (  # type: ignore[misc]  # the loop's own
                    (shown(run).edited_at or 0.0) > before and is_complete(run)
                )
            )
            assert home.channel.messages[-1] is run.message

    assert len(home.channel.messages) == len(shared)
    assert errors(caplog) == []


NOBODY = Pings((), (), everyone=False)
ASKED_FOR: dict[str, dict[str, object]] = {
    "alerts": {"find": "response_time"},
    "metrics": {"metric": "command", "by": "command"},
}
"""What lets a command that has pictures of other kinds show one."""
WITHOUT = ("dashboard", "diagnose", "loglevel", "profile")
"""Commands without a picture, and a profile, whose length is its window."""


async def test_every_picture_has_a_menu_of_windows_and_a_refresh_that_keeps_the_choice(
    home: Home, host: Host
) -> None:
    recorded(host)
    for _ in range(20):
        host.cog.runtime.metrics.record("total_response_time", 100.0)
    found = []
    for command in commands_of(host):
        if command.name in WITHOUT:
            continue
        options = ASKED_FOR.get(command.name, {})
        run = await home.sandbox.run_command(
            home.owner, home.channel, command.qualified_name, options
        )
        await run.wait(is_complete, timeout=60)
        if any(file.filename == "chart.png" for file in shown(run).attachments):
            found.append(command.name)
            await choose_and_refresh(home, run)

    assert sorted(found) == [
        *("alerts", "commands", "gateway", "loop", "memory", "metrics", "overview", "trace")
    ]


async def choose_and_refresh(home: Home, run: Run) -> None:
    chosen = await home.sandbox.choose(home.owner, run.message, "Window", ["Last 6 hours"])
    await chosen.wait(lambda _: chosen_in(shown(run), "Window") == "Last 6 hours", timeout=60)
    await run.wait(is_complete, timeout=60)
    before = shown(run).edited_at or 0.0
    await home.sandbox.click(home.owner, run.message, "Refresh")
    await run.wait(lambda run: (shown(run).edited_at or 0.0) > before and is_complete(run))
    assert chosen_in(shown(run), "Window") == "Last 6 hours"


def chosen_in(message: Message, menu: str) -> str:
    """Return what is chosen in a menu."""
    found = (each for row in message.components for each in row["components"])
    (options,) = (each["options"] for each in found if each.get("placeholder") == menu)
    return next(str(one["label"]) for one in options if one.get("default"))


async def test_users_are_mentioned_and_nobody_is_pinged_by_any_answer(
    home: Home, host: Host
) -> None:
    recorded(host)
    ask, stranger = home.sandbox.run_command, home.stranger.user
    book = host.cog.runtime.usage.calls.book
    book.keep(replace(SLOW, id=99, at=LATER + 90, user_id=stranger.id))
    await host.cog.runtime.alerting.service.silence("memory", 3600, stranger.mention)
    await home.sandbox.say(home.stranger, home.channel, "hello")
    naming = set()
    for command in commands_of(host):
        wanted = {"share": True, "seconds": 1}
        options = {name: value for name, value in wanted.items() if takes(command, name)}
        run = await ask(home.owner, home.channel, command.qualified_name, options)
        await run.wait(is_complete, timeout=60)
        assert (shown(run).notified, shown(run).pings) == (NOBODY, NOBODY), command.name
        if stranger.mention in shown(run).text:
            naming.add(command.name)

    assert naming == {"alerts", "commands", "trace", "users"}
    sent = [one.body.get("data") or one.body for one in home.sandbox.requests if one.body]
    said = [one for one in sent if isinstance(one, dict) and {"content", "embeds"} & set(one)]
    assert len(said) >= len(commands_of(host))
    assert [one for one in said if one.get("allowed_mentions", {}).get("parse") != []] == []


async def test_a_live_answer_can_be_stopped_and_says_so(home: Home, host: Host) -> None:
    for command in commands_of(host):
        if not takes(command, "live"):
            continue
        run = await home.sandbox.run_command(
            home.owner, home.channel, command.qualified_name, {"live": True}
        )
        await run.wait(is_complete, timeout=60)
        assert "live until " in shown(run).text
        pressed = await home.sandbox.click(home.owner, run.message, "Stop")
        await pressed.wait(lambda _, run=run: "Stop" not in labels(shown(run)))  # type: ignore[misc]  # the loop's own
        assert "Live ended at " in shown(run).text or "no longer live" in shown(run).text


async def test_an_unload_ends_a_live_answer_and_says_so(home: Home, host: Host) -> None:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug overview", {"live": True})
    await run.wait(is_complete, timeout=60)

    await host.unload_extension("cogs.debug")

    await run.wait(lambda run: "Live ended at " in shown(run).text)
    assert "Stop" not in labels(shown(run))


@pytest.mark.timeout(240)
async def test_answers_come_while_the_executor_is_full_and_the_loop_was_blocked_for_2_s(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture, full_executor: None
) -> None:
    async def block(_: discord.Interaction) -> None:
        """Block the loop as a host's listener can, once for the commands that came together."""
        if not blocked:
            blocked.append(True)
            time.sleep(BLOCKED)  # noqa: ASYNC251 - it is to block

    blocked: list[bool] = []
    host.add_listener(block, "on_interaction")
    names = [command.qualified_name for command in commands_of(host)]
    for first in range(0, len(names), AT_ONCE):
        blocked.clear()
        together = names[first : first + AT_ONCE]
        asked = (home.sandbox.run_command(home.owner, home.channel, name) for name in together)
        runs = await asyncio.gather(*asked)
        assert blocked
        for run in runs:
            await run.wait(is_complete, timeout=60)

    assert errors(caplog) == []


async def test_the_commands_fit_into_what_discord_takes(host: Host) -> None:
    group = host.cog.app_command
    assert isinstance(group, app_commands.Group)

    assert len(group.commands) <= SUBCOMMANDS_MAX
    assert sum(map(len, counted(group.to_dict(host.tree)))) <= CHARACTERS_MAX


def counted(command: dict[str, Any]) -> Iterator[str]:
    """Yield what Discord counts: names, descriptions, and values of choices, at every depth."""
    yield command["name"]
    yield command.get("description", "")
    yield str(command.get("value", ""))
    for part in (*command.get("options", ()), *command.get("choices", ())):
        yield from counted(part)


def labels(message: Message) -> list[str]:
    """Name the buttons of a message."""
    found = (each for row in message.components for each in row["components"])
    return [str(each.get("label")) for each in found]


async def test_a_stranger_may_press_nothing_of_an_answer_that_is_shared(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    for command in commands_of(host):
        if not takes(command, "share"):
            continue
        options = {"share": True, **({"live": True} if takes(command, "live") else {})}
        run = await home.sandbox.run_command(
            home.owner, home.channel, command.qualified_name, options
        )
        await run.wait(is_complete, timeout=60)
        for pressed in [await pressed_by(home, run, control) for control in controls(shown(run))]:
            assert (shown(pressed).content, shown(pressed).ephemeral) == (REFUSAL, True)
        if takes(command, "live"):  # it still is; ten messages can be live at a time
            await home.sandbox.click(home.owner, run.message, "Stop")

    assert errors(caplog) == []


async def pressed_by(home: Home, run: Run, control: dict[str, Any]) -> Run:
    """Let the stranger use a control."""
    name, options = control["custom_id"], control.get("options")
    if options:
        value = options[0]["value"]
        return await home.sandbox.choose(home.stranger, run.message, name, [value])
    return await home.sandbox.click(home.stranger, run.message, name)


def controls(message: Message) -> list[dict[str, Any]]:
    """List the controls of a message that can be used."""
    found = (each for row in message.components for each in row["components"])
    return [each for each in found if not each.get("disabled")]


async def test_a_reply_that_discord_does_not_take_is_no_fault_of_the_cog(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    body = '{"message": "Invalid Webhook Token", "code": 50027}'
    home.sandbox.faults.add(Fault(Trouble.PROXY, "PATCH", "/webhooks/*", status=401, body=body))

    run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts")
    await run.wait(is_complete, timeout=60)

    assert shown(run).content == UNDELIVERED
    assert errors(caplog) == []


PAGE = "<html><title>Blocked</title></html>"


async def test_a_page_of_a_proxy_in_the_place_of_an_answer_is_no_fault_of_the_cog(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    said = {}
    for status in (302, 400, 403, 404, 405, 409, 413, 429):
        for route in (("POST", "/interactions/*"), ("PATCH", "/webhooks/*")):
            home.sandbox.faults.add(Fault(Trouble.PROXY, *route, status=status, body=PAGE))
            run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts")
            await run.wait(is_complete, timeout=60)
            said[status, *route] = shown(run).content

    assert said == dict.fromkeys(said, UNDELIVERED)
    assert errors(caplog) == []


async def test_a_live_answer_outlives_a_page_that_says_404(home: Home, host: Host) -> None:
    host.cog._responder._refresh_seconds = 0.1
    run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts", {"live": True})
    await run.wait(is_complete, timeout=60)
    fault = Fault(Trouble.PROXY, "PATCH", "/webhooks/*", status=404, body=PAGE)
    home.sandbox.faults.add(fault)
    before = shown(run).edited_at or 0.0
    await host.cog.runtime.alerting.service.silence("memory", 3600, "ada")
    await run.wait(lambda run: (shown(run).edited_at or 0.0) > before, timeout=60)

    assert "live until " in shown(run).text


async def test_whatever_is_typed_is_answered_and_marks_nothing_up(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    for command in commands_of(host):
        for option in command.parameters:
            if option.type is not discord.AppCommandOptionType.string or option.choices:
                continue
            typed = (HOSTILE * 100)[: int(option.max_value or 6000)]
            name = command.qualified_name
            run = await home.sandbox.run_command(
                home.owner, home.channel, name, {option.name: typed}
            )
            await run.wait(is_complete, timeout=60)
            text = shown(run).text
            assert FAILED not in text, (name, option.name)
            assert not set("\x00\u202e") & set(text), (name, option.name)
            assert "@everyone" not in text, (name, option.name)
            if option.autocomplete:
                await home.sandbox.autocomplete(
                    home.owner, home.channel, name, option=option.name, value=typed
                )

    assert errors(caplog) == []
