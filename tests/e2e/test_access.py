from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import discord
import pytest

from cogs.debug.app.access import REFUSAL
from cogs.debug.app.cog import STRAY
from discord_sandbox import Member, Permission
from services.debugcog import audit
from tests.clock import Clock
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

COMMANDS = ("metrics", "memory", "alerts", "errors", "loglevel", "dashboard")


def audited(caplog: pytest.LogCaptureFixture) -> str:
    (line,) = [r.getMessage() for r in caplog.records if r.name == "debugcog.audit"]
    return line


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("who", ["owner", "admin", "moderator"])
async def test_those_who_may_get_every_command(
    home: Home, host: Host, command: str, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    person: Member = getattr(home, who)
    with caplog.at_level(logging.INFO, "debugcog.audit"):
        run = await home.sandbox.run_command(person, home.channel, f"debug {command}")
    await run.wait(lambda run: run.message and run.message.embeds)
    reason = {"owner": "owner", "admin": "administrator", "moderator": "admin role"}[who]
    assert audited(caplog) == (
        f"use: /debug {command} ({reason}) user_id={person.id} guild_id={home.guild.id} "
        f"channel_id={home.channel.id}"
    )


async def test_an_owner_who_is_administrator_too_is_audited_as_the_owner(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    home.owner.roles.append(home.guild.add_role("Boss", Permission.ADMINISTRATOR))
    with caplog.at_level(logging.INFO, "debugcog.audit"):
        run = await home.sandbox.run_command(home.owner, home.channel, "debug loglevel")
    await run.wait(lambda run: run.message and run.message.embeds)
    assert "use: /debug loglevel (owner) " in audited(caplog)


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_stranger_is_refused_where_nobody_else_sees_it(
    home: Home, host: Host, command: str, caplog: pytest.LogCaptureFixture
) -> None:
    run = await home.sandbox.run_command(home.stranger, home.channel, f"debug {command}")
    assert run.message
    assert (run.message.content, run.message.ephemeral) == (REFUSAL, True)
    assert audited(caplog) == (
        f"refused: /debug {command} (no permission) user_id={home.stranger.id} "
        f"guild_id={home.guild.id} channel_id={home.channel.id}"
    )


@pytest.mark.parametrize("command", COMMANDS)
async def test_an_administrator_of_a_foreign_server_is_refused_every_command(
    home: Home, environment: pytest.MonkeyPatch, command: str, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = home.sandbox.add_guild("Elsewhere")
    boss = foreign.add_member("eve", roles=[foreign.add_role("Boss", Permission.ADMINISTRATOR)])
    there = foreign.add_text_channel("general")
    environment.setenv("DEBUG_GUILD_IDS", f"{home.guild.id},{foreign.id}")
    async with running(Host(), home.sandbox) as host:
        await registered()
        # Only where it is registered can it be used; the check has to hold without that.
        settings = host.cog.runtime.settings
        object.__setattr__(settings, "debug_guild_ids", frozenset({home.guild.id}))
        run = await home.sandbox.run_command(boss, there, f"debug {command}")
    assert run.message
    assert (run.message.content, run.message.ephemeral) == (REFUSAL, True)
    assert audited(caplog) == (
        f"refused: /debug {command} (foreign server) user_id={boss.id} guild_id={foreign.id} "
        f"channel_id={there.id}"
    )


async def test_of_a_team_those_who_develop_may_and_those_who_read_may_not(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "debugcog.audit")
    boss, coder, reader = (home.guild.add_member(name) for name in ("bea", "cleo", "rio"))
    home.sandbox.add_team(
        "Makers", {boss.user: "admin", coder.user: "developer", reader.user: "read_only"}
    )
    people = (home.owner, boss, coder, reader)
    async with running(Host(), home.sandbox):
        await registered()
        for person in people:
            run = await home.sandbox.run_command(person, home.channel, "debug loglevel")
            await run.wait(lambda run: run.message and run.message.text)
    assert run.message
    assert run.message.content == REFUSAL
    said = [r.getMessage() for r in caplog.records if r.name == "debugcog.audit"]
    assert [line.partition(" guild_id")[0] for line in said] == [
        f"use: /debug loglevel (owner) user_id={home.owner.id}",
        f"use: /debug loglevel (owner) user_id={boss.id}",
        f"use: /debug loglevel (owner) user_id={coder.id}",
        f"refused: /debug loglevel (no permission) user_id={reader.id}",
    ]


async def test_a_stranger_gets_no_names_of_loggers(home: Home, host: Host) -> None:
    async def complete(person: Member) -> list[str]:
        choices = await home.sandbox.autocomplete(
            person, home.channel, "debug loglevel", option="logger", value="discord.g"
        )
        return [choice["value"] for choice in choices]

    assert "discord.gateway" in await complete(home.admin)
    assert await complete(home.stranger) == []


@pytest.mark.parametrize("logger", ["debugcog.audit", "debugcog", "root"])
async def test_every_use_and_refusal_is_written_whatever_the_levels(
    home: Home, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logger: str
) -> None:
    muted = logging.getLogger(None if logger == "root" else logger)
    monkeypatch.setattr(muted, "disabled", True)  # as dictConfig() leaves loggers
    level = muted.level
    muted.setLevel(logging.CRITICAL)
    try:
        await home.sandbox.run_command(home.admin, home.channel, "debug loglevel")
        await home.sandbox.run_command(home.stranger, home.channel, "debug errors")
    finally:
        muted.setLevel(level)
    await host.unload_extension("cogs.debug")
    lines = (tmp_path / "logs" / "bot.log").read_text().splitlines()
    said = [line.split(" ", 2)[2].partition(" user_id")[0] for line in lines if ".audit:" in line]
    assert said == [
        "[INFO] debugcog.audit: use: /debug loglevel (administrator)",
        "[WARNING] debugcog.audit: refused: /debug errors (no permission)",
    ]


async def test_a_completion_is_an_audit_line_once_a_minute(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    host.cog.runtime.access._completions._clock = clock

    async def complete(person: Member, command: str, option: str) -> None:
        for typed in ("a", "as"):
            await home.sandbox.autocomplete(
                person, home.channel, f"debug {command}", option=option, value=typed
            )

    for seconds in (0, 59, 1):
        clock.turn(seconds)
        await complete(home.admin, "loglevel", "logger")
    await complete(home.admin, "errors", "find")
    await complete(home.stranger, "errors", "find")
    said = [
        (r.levelname, r.getMessage().partition(" guild_id")[0])
        for r in caplog.records
        if r.name == "debugcog.audit"
    ]
    by_admin = f"(administrator) user_id={home.admin.id}"
    by_stranger = f"(no permission) user_id={home.stranger.id}"
    assert said == [
        ("INFO", f"use: completion of /debug loglevel {by_admin}"),
        ("INFO", f"use: completion of /debug loglevel {by_admin}"),
        ("INFO", f"use: completion of /debug errors {by_admin}"),
        ("WARNING", f"refused: completion of /debug errors {by_stranger}"),
    ]


async def test_only_so_many_completions_are_remembered(
    home: Home, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "REMEMBERED", 1)
    for command in ("errors", "alerts"):
        await home.sandbox.autocomplete(
            home.admin, home.channel, f"debug {command}", option="find", value=""
        )
    assert len(host.cog.runtime.access._completions) == 1


async def test_a_stranger_cannot_press_what_an_admin_was_shown(home: Home, host: Host) -> None:
    run = await home.sandbox.run_command(home.admin, home.channel, "debug loglevel")
    await run.wait(lambda run: run.message and run.message.components)
    assert run.message
    run.message.flags = 0  # as if it stood in the channel
    before = logging.root.level
    pressed = await home.sandbox.click(home.stranger, run.message, "Debug mode for 15 min")
    assert pressed.message
    assert pressed.message.content == REFUSAL
    assert logging.root.level == before


async def test_a_stranger_cannot_choose_from_a_menu_that_an_admin_was_shown(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    run = await home.sandbox.run_command(home.admin, home.channel, "debug metrics")
    await run.wait(lambda run: run.message and run.message.attachments)
    assert run.message
    run.message.flags = 0  # as if it stood in the channel
    before = run.message.text
    caplog.clear()  # of the admin's own line
    chosen = await home.sandbox.choose(home.stranger, run.message, "Window", ["24h"])
    assert chosen.message
    assert (chosen.message.content, chosen.message.ephemeral) == (REFUSAL, True)
    assert run.message.text == before
    assert audited(caplog) == (
        f"refused: metrics 24h (no permission) user_id={home.stranger.id} "
        f"guild_id={home.guild.id} channel_id={home.channel.id}"
    )


async def test_where_it_was_left_behind_strangers_are_refused_and_the_owner_is_told(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "debugcog.audit")
    foreign = home.sandbox.add_guild("Elsewhere")
    boss = foreign.add_member("eve", roles=[foreign.add_role("Boss", Permission.ADMINISTRATOR)])
    owner = foreign.add_member(user=home.sandbox.owner)
    their_channel = foreign.add_text_channel("general")
    environment.setenv("DEBUG_GUILD_IDS", f"{home.guild.id},{foreign.id}")
    async with running(Host(), home.sandbox):
        await registered()
    environment.setenv("DEBUG_GUILD_IDS", str(home.guild.id))
    environment.setenv("STATE_PATH", "logs/lost.sqlite3")  # so nobody knows of it
    async with running(Host(), home.sandbox) as bot:
        await registered()
        run = await home.sandbox.run_command(boss, their_channel, "debug metrics")
        assert run.message
        assert run.message.content == REFUSAL
        run = await home.sandbox.run_command(owner, their_channel, "debug metrics")
        assert run.message
        assert run.message.content == STRAY
        assert await bot.cog.runtime.errors.store.groups() == ()
    said = [r.getMessage() for r in caplog.records if r.name == "debugcog.audit"]
    assert [line.partition(" user_id")[0] for line in said] == [
        "refused: /debug, registered no more (foreign server)",
        "use: /debug, registered no more (owner)",
    ]


async def test_the_owner_is_known_without_asking_discord_again(home: Home, host: Host) -> None:
    asked = [r for r in home.sandbox.requests if r.path.endswith("/applications/@me")]
    await home.sandbox.run_command(home.owner, home.channel, "debug loglevel")
    await home.sandbox.run_command(home.stranger, home.channel, "debug loglevel")
    assert [r for r in home.sandbox.requests if r.path.endswith("/applications/@me")] == asked


class Slow(Host):
    """A host that decides itself who owns it, and takes its time."""

    async def is_owner(self, user: discord.abc.User, /) -> bool:
        await asyncio.Event().wait()
        return True


async def test_a_host_that_does_not_say_in_time_who_owns_it_is_not_waited_for(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    async with running(Slow(), home.sandbox):
        await registered()
        run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
        assert run.message
        assert run.message.content == REFUSAL


class Failing(Host):
    """A host that asks its database who owns it."""

    error: BaseException

    async def is_owner(self, user: discord.abc.User, /) -> bool:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("the pool is closed"),
        TimeoutError(),
        asyncio.CancelledError(),
        KeyboardInterrupt(),
        SystemExit(1),
        GeneratorExit(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_host_that_fails_to_say_who_owns_it_is_owned_by_its_applications_owner(
    home: Home,
    environment: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: BaseException,
) -> None:
    bot = Failing()
    bot.error = error
    async with running(bot, home.sandbox):
        await registered()
        run = await home.sandbox.run_command(home.stranger, home.channel, "debug loglevel")
        await run.wait(lambda run: run.message and run.message.content == REFUSAL)
        run = await home.sandbox.run_command(home.owner, home.channel, "debug loglevel")
        await run.wait(lambda run: run.message and run.message.embeds)
        assert await bot.cog.runtime.errors.store.groups() == ()
    said = [r.getMessage().partition(" guild_id")[0] for r in caplog.records if "audit" in r.name]
    unknown = f"owner unknown to the bot: {type(error).__name__}"
    assert said == [
        unknown,
        f"refused: /debug loglevel (no permission) user_id={home.stranger.id}",
        unknown,
        f"use: /debug loglevel (owner) user_id={home.owner.id}",
    ]


async def test_a_named_user_may_without_any_role(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DEBUG_ADMIN_USER_IDS", str(home.stranger.id))
    async with running(Host(), home.sandbox):
        await registered()
        run = await home.sandbox.run_command(home.stranger, home.channel, "debug memory")
        await run.wait(lambda run: run.message and run.message.embeds)


async def test_a_role_counts_for_a_bot_that_caches_no_guilds(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    bot = Host()
    bot.intents.guilds = False
    bot._connection._intents.guilds = False
    async with running(bot, home.sandbox):
        await registered()
        run = await home.sandbox.run_command(home.moderator, home.channel, "debug memory")
        await run.wait(lambda run: run.message and run.message.embeds)
