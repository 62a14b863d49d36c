"""/debug diagnose on a real bot: healthy, and with faults seeded one by one."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
from discord.ext import commands, tasks

from cogs.debug.features.diagnose import handlers as diagnosis_handlers
from cogs.debug.features.diagnose.checks.refusals import FIX, ORDER_FIX
from discord_sandbox import Permission
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.people.runs import Run
from discord_sandbox.world import changes
from discord_sandbox.world.channels import Kind
from services.debugcog.diagnosis import disk, versions
from services.debugcog.stalls import blame
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

CHECKS = (
    "Slow responses, High memory, Missing logs, TTS errors, Event loop, Loops and tasks, Intents, "
    "Channel permissions, Refused by Discord, Registered commands, Gateway, Discord's limits, "
    "Alert delivery, Double log lines, .env file, Debug mode, Metrics, State file, Free disk, "
    "Clock, Hooks, Versions"
)


@pytest.fixture(autouse=True)
def env_file(tmp_path: Path, home: Home) -> Path:
    """A ``.env`` as the README has it, and a log file that is there."""
    path = tmp_path / ".env"
    path.write_text(f"ALERT_CHANNEL_ID={home.alerts.id}\n")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "bot.log").touch()
    return path


@pytest.fixture(autouse=True)
def no_known_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python that runs the tests may be one that has a fault."""
    monkeypatch.setattr(versions, "FAULTS", ())


@pytest.fixture(autouse=True)
def no_stalls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine that runs the tests may be so slow that the loop is blocked now and then."""
    monkeypatch.setattr(blame, "SHORTEST", 60.0)


async def diagnose(home: Home) -> Run:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug diagnose")
    return await run.wait(lambda run: run.message and run.message.embeds)


def shadow(env_file: Path) -> None:
    env_file.write_text("ALERT_CHANNEL_ID=1\nDEBUG_MODE=false\n")


def text_of(run: Run) -> str:
    assert run.message
    return run.message.text


def findings(run: Run) -> list[str]:
    """List the findings that are faults, each with its evidence and its fix, as one text."""
    text = text_of(run).partition("\n")[2]
    parts = re.split(r"\n(?=(?:🔴|⚠️|💡|✅|❔|Checked) )", f"\n{text}")
    return [one for one in parts if one.startswith(("🔴", "⚠️"))]


@pytest.mark.parametrize(
    ("status", "body"), [(204, ""), (200, "<html>"), (200, '{"ok": true}'), (200, "[null]")]
)
async def test_what_is_no_list_of_commands_is_not_taken_for_one(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture, status: int, body: str
) -> None:
    route = ("GET", "/applications/*/commands")
    home.sandbox.faults.add(Fault(Trouble.PROXY, *route, status=status, body=body, times=0))
    text = text_of(await diagnose(home))
    unknown = "❔ **Registered commands**: not known, something between us and Discord answers"
    assert unknown in text
    assert [one for one in caplog.records if one.exc_info] == []


def write(path: Path, text: str) -> None:
    path.write_text(text)


def file_of(run: Run) -> str:
    assert run.message
    (file,) = run.message.attachments
    assert file.filename == "diagnosis.txt"
    return file.data.decode()


async def test_a_healthy_bot_passes_every_check(home: Home, host: Host) -> None:
    run = await diagnose(home)
    text = re.sub(r"\n💡 \*\*`faulthandler`.*\n-# .*", "", text_of(run))  # pytest uses it
    assert re.sub(r"\d\d:\d\d", "##", text) == (
        f"Diagnosis · all 22 checks passed\n✅ All 22 checks passed\n-# {CHECKS}\nChecked at ## UTC"
    )
    assert file_of(run).endswith(f"PASSED {CHECKS}")


async def test_a_working_directory_that_changes_or_goes_is_no_finding(
    home: Home, host: Host, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    environment.chdir(folder)
    assert findings(await diagnose(home)) == []
    folder.rmdir()
    text = text_of(await diagnose(home))
    assert text.startswith("Diagnosis · all 22 checks passed")


async def test_permissions_that_were_taken_away_are_named_by_channel(
    home: Home, host: Host
) -> None:
    for wanted in (Permission.EMBED_LINKS, Permission.ATTACH_FILES):
        home.sandbox.faults.revoke(home.alerts, wanted)
    home.sandbox.faults.revoke(home.channel, Permission.ADD_REACTIONS)
    channel = host.get_channel(home.channel.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send("x")
    with pytest.raises(discord.Forbidden):
        await message.add_reaction("👍")
    found = findings(await diagnose(home))
    assert found == [
        (
            "🔴 **The bot lacks permissions where it posts**\n"
            "-# \\#alerts of Home (ALERT\\_CHANNEL\\_ID): Embed Links, Attach Files\n"
            "Fix: Give the bot's role these permissions in that channel."
        ),
        (
            "⚠️ **Discord has refused what the bot may not do**\n"
            "-# 1 time PUT /channels/{id}/messages/{id}/reactions/{name}/@\u200bme in #general of "
            "Home (50013): lacks Add Reactions\n"
            "Fix: Give the bot's role these permissions, above all in those channels; or do not "
            "try it."
        ),
    ]


async def test_a_refusal_for_a_higher_role_is_told_from_one_for_a_permission(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    boss = home.guild.add_role("Boss")
    boss.position = 90  # above the bot's own
    home.moderator.roles.append(boss)
    own = home.guild.add_role("Helper", Permission.MANAGE_ROLES | Permission.KICK_MEMBERS)
    home.guild.bot.roles.append(own)
    async with running(Host(), home.sandbox) as bot:
        await registered()
        server = bot.get_guild(home.guild.id)
        assert server is not None
        server._add_member(await server.fetch_member(home.moderator.id))  # as with the intent
        guild, chief = home.guild.id, home.moderator.id
        for refused in (
            bot.http.add_role(guild, home.stranger.id, boss.id),
            bot.http.kick(chief, guild),
            bot.http.edit_member(guild, home.stranger.id, nick="x"),
        ):
            with pytest.raises(discord.Forbidden):
                await refused
        (found,) = findings(await diagnose(home))
    lines = [line.removeprefix("-# ").replace("\u200b", "") for line in found.splitlines()[1:]]
    assert sorted(lines) == [
        (
            "1 time DELETE /guilds/{id}/members/{id} in Home (50013): has Kick Members; role "
            "order: the bot's role is below @Boss"
        ),
        (
            "1 time PATCH /guilds/{id}/members/{id} in Home (50013): lacks Manage Nicknames (for "
            "the nickname), Timeout Members (for the timeout), Move Members (for the voice "
            "channel), Mute Members (for the mute), Deafen Members (fo…"
        ),
        (
            "1 time PUT /guilds/{id}/members/{id}/roles/{id} in Home (50013): has Manage Roles; "
            "role order: the bot's role is below @Boss"
        ),
        f"Fix: {FIX} {ORDER_FIX}",
    ]


@pytest.mark.parametrize(
    ("right", "lacking"),
    [
        (
            Permission.SEND_MESSAGES_IN_THREADS,
            "Send Messages in Threads, Embed Links, Attach Files",
        ),
        (Permission.SEND_MESSAGES, ""),
    ],
)
async def test_in_a_thread_the_permission_for_threads_counts(
    home: Home,
    environment: pytest.MonkeyPatch,
    env_file: Path,
    right: Permission,
    lacking: str,
) -> None:
    world = home.sandbox.world
    kind = Kind.PUBLIC_THREAD
    thread = changes.open_thread(world, home.alerts, "alerts", world.bot, kind, None)
    home.sandbox.faults.revoke(home.alerts, right)
    environment.setenv("ALERT_CHANNEL_ID", str(thread.id))
    write(env_file, f"ALERT_CHANNEL_ID={thread.id}\n")
    async with running(Host(), home.sandbox) as bot:
        await registered()
        channel = bot.get_channel(thread.id)
        assert isinstance(channel, discord.Thread)
        if lacking:
            with pytest.raises(discord.Forbidden):
                await channel.send("x")
        found = findings(await diagnose(home))
    where = "alerts of Home"
    assert found == (
        [
            (
                "🔴 **The bot lacks permissions where it posts**\n"
                f"-# \\#{where} (ALERT\\_CHANNEL\\_ID): {lacking}\n"
                "Fix: Give the bot's role these permissions in that channel."
            ),
            (
                "⚠️ **Discord has refused what the bot may not do**\n"
                f"-# 1 time POST /channels/{{id}}/messages in #{where} (50013): lacks Send "
                f"Messages in Threads\nFix: {FIX}"
            ),
        ]
        if lacking
        else []
    )


async def test_commands_of_code_and_of_discord_are_compared_by_server(
    home: Home, host: Host
) -> None:
    @discord.app_commands.command()
    async def weather(interaction: discord.Interaction) -> None:
        """Tell the weather."""

    @discord.app_commands.command(name="weather")
    async def later(interaction: discord.Interaction, place: str) -> None:
        """Tell the weather of a place."""

    @discord.app_commands.command()
    async def unsynced(interaction: discord.Interaction) -> None:
        """Not there yet."""

    guild = discord.Object(home.guild.id)
    host.tree.add_command(weather)
    await host.tree.sync()
    await host.http.upsert_guild_command(
        host.application_id or 0, guild.id, weather.to_dict(host.tree)
    )
    host.tree.remove_command("weather")
    host.tree.add_command(later)
    host.tree.add_command(unsynced)
    found = findings(await diagnose(home))
    where = f"in Home ({home.guild.id})"
    sync = "Sync the tree once: `await bot.tree.sync({})`."
    assert found == [
        ("⚠️ **Commands are not registered**\n-# globally: /unsynced\nFix: " + sync.format("")),
        (
            "⚠️ **Discord has an older form of commands**\n-# globally: /weather\nFix: "
            + sync.format("")
        ),
        (
            "⚠️ **Discord offers commands that are not in the code**\n"
            f"-# {where}: /weather\nFix: {sync.format('guild=guild')} It removes them."
        ),
        (
            f"⚠️ **Commands are shown twice**\n-# {where}: /weather\n"
            "Fix: Keep one: `bot.tree.clear_commands(guild=guild)` and "
            "`await bot.tree.sync(guild=guild)` removes the server's own."
        ),
    ]


async def test_a_context_menu_that_is_in_sync_is_no_finding(home: Home, host: Host) -> None:
    @host.tree.context_menu(name="Report it")
    async def report(interaction: discord.Interaction, message: discord.Message) -> None:
        """Report it."""

    await host.tree.sync()

    assert findings(await diagnose(home)) == []


async def test_the_cogs_own_command_for_direct_messages_is_no_finding(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DEBUG_IN_DM", "true")
    async with running(host := Host(), home.sandbox):
        await registered()
        assert findings(await diagnose(home)) == []
        await host.http.upsert_global_command(
            host.application_id or 0,
            {"name": "debug", "description": "Another one", "contexts": [0, 1]},  # type: ignore[arg-type]  # what is needed
        )
        titles = [one.split("**")[1] for one in findings(await diagnose(home))]
    assert titles == [
        "Discord offers commands that are not in the code",
        "Commands are shown twice",
    ]


class Unknowing(Host):
    """A bot without the intent by which it would know its channels."""

    def __init__(self) -> None:
        commands.Bot.__init__(self, "!", intents=discord.Intents.none())


async def test_a_channel_that_only_discord_knows_is_there(home: Home) -> None:
    unknowing = "⚠️ **The bot does not know its servers**"
    async with running(Unknowing(), home.sandbox):
        await registered()
        (found,) = findings(await diagnose(home))
        assert found.startswith(unknowing)
        home.sandbox.faults.delete_channel(home.alerts)
        gone, found = findings(await diagnose(home))
    assert gone == (
        "🔴 **A channel is not there, or hidden from the bot**\n"
        f"-# ALERT\\_CHANNEL\\_ID={home.alerts.id}\n"
        "Fix: Put the id of a channel there that the bot can see, and restart the bot."
    )
    assert found.startswith(unknowing)


class Mentionless(commands.Bot):
    """A bot with a prefix command that never sees what people write."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.default())

    async def setup_hook(self) -> None:
        await self.load_extension("cogs.debug")

        @self.command()
        async def roll(ctx: commands.Context[Mentionless]) -> None:
            """Roll a die."""


async def test_prefix_commands_without_the_content_of_messages_are_told(home: Home) -> None:
    async with running(Mentionless(), home.sandbox):
        await registered()
        (found,) = findings(await diagnose(home))
    assert found.startswith("⚠️ **Prefix commands do not see what people write**\n-# roll\nFix: ")


async def test_an_intent_that_was_switched_off_in_the_portal_is_told(
    home: Home, host: Host
) -> None:
    host._connection.application_flags = discord.ApplicationFlags()
    (found,) = findings(await diagnose(home))
    assert found == (
        "🔴 **An intent is asked for that is not enabled**\n-# Message Content Intent\n"
        "Fix: Enable “Message Content Intent” in the Developer Portal, under Bot, or set "
        "`intents.message_content = False`."
    )


@pytest.fixture
def doubled() -> Iterator[None]:
    handlers = [logging.StreamHandler() for _ in range(2)]
    loggers = [logging.getLogger("discord"), logging.root]
    for logger, handler in zip(loggers, handlers, strict=True):
        logger.addHandler(handler)
    yield
    for logger, handler in zip(loggers, handlers, strict=True):
        logger.removeHandler(handler)


async def test_handlers_that_write_each_line_twice_are_told(
    home: Home, host: Host, doubled: None
) -> None:
    (found,) = findings(await diagnose(home))
    assert found.startswith(
        "⚠️ **Log lines are written twice**\n-# logger discord: 2 handlers write to standard error "
        "(StreamHandler, StreamHandler)\nFix: Let one of them go: "
    )


@pytest.fixture
async def failing(host: Host) -> commands.Cog:
    class Jobs(commands.Cog):
        @tasks.loop(hours=1)
        async def nightly(self) -> None:
            raise ValueError("x")

    cog = Jobs()
    await host.add_cog(cog)
    await asyncio.gather(cog.nightly.start(), return_exceptions=True)
    return cog


async def test_a_loop_that_has_failed_is_told(
    home: Home, host: Host, failing: commands.Cog
) -> None:
    (found,) = findings(await diagnose(home))
    assert found == (
        "🔴 **A loop has failed and does not run any more**\n"
        "-# nightly of cog Jobs: ValueError\n"
        "Fix: See `/debug tasks`: it can be restarted there. An error of a loop ends it for good."
    )


async def test_a_hook_that_others_keep_replacing_is_told(home: Home, host: Host) -> None:
    before = host._run_event
    for _ in range(3):

        async def intruder(*args: object) -> None:
            await before(*args)  # type: ignore[arg-type]  # what discord.py gives

        vars(host)["_run_event"] = intruder
        host.cog.runtime.errors.catch()
    (found,) = findings(await diagnose(home))
    assert found.startswith(
        "⚠️ **Other code keeps replacing hooks of the cog**\n-# Host.\\_run\\_event: 3 times, by "
        "tests.e2e.test\\_debug\\_diagnose.test\\_a\\_hook"
    )


async def test_keys_of_env_without_effect_and_a_wrong_clock_and_a_full_disk_are_told(
    home: Home, host: Host, env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow(env_file)
    monkeypatch.setattr(disk, "CRITICAL_MB", 1e12)
    monkeypatch.setattr(disk, "WARNING_MB", 1e12)
    responses = host.cog.runtime.upkeep.sources.responses
    responses._date = ("Fri, 27 Nov 2026 10:00:00 GMT", 1795773600.0 + 90)
    monkeypatch.setattr(type(responses), "add", lambda *_: None)
    found = findings(await diagnose(home))
    titles = [one.partition("\n")[0] for one in found]
    assert titles == [
        "🔴 **The disk is nearly full**",
        "🔴 **The clock is wrong**",
        "⚠️ **1 key of `.env` without effect**",
    ]
    assert "-# this machine's clock is 1 min 30 s ahead of Discord's\n" in found[1]
    assert "-# ALERT\\_CHANNEL\\_ID\n" in found[2]


async def test_the_progress_is_told_while_a_check_takes_long(
    home: Home, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: object) -> tuple[()]:
        await told.wait()
        return ()

    told = asyncio.Event()
    monkeypatch.setattr("cogs.debug.app.diagnosis.registered_commands", slow)
    monkeypatch.setattr(diagnosis_handlers, "PROGRESS_SECONDS", 0.1)
    run = await home.sandbox.run_command(home.owner, home.channel, "debug diagnose")
    await run.wait(lambda run: run.message and "Checked 21 of 22 …" in run.message.text)
    told.set()
    await run.wait(lambda run: run.message and run.message.embeds)
    assert "Checked 21 of 22" not in text_of(run)
    assert "All 22 checks passed" in text_of(run)


async def test_pages_of_a_long_report_are_turned_without_checking_again(
    home: Home, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Many(commands.Cog):
        """Twelve loops that have failed."""

    for number in range(12):

        async def body(self: Many) -> None:
            raise ValueError("x" * 3000)

        body.__name__ = f"loop_{number:02}_" + "**`@everyone`**" * 20
        setattr(Many, body.__name__, tasks.loop(hours=1)(body))
    cog = Many()
    await host.add_cog(cog)
    loops = [getattr(cog, name) for name in list(vars(Many)) if name.startswith("loop_")]
    await asyncio.gather(*(loop.start() for loop in loops), return_exceptions=True)
    run = await diagnose(home)
    assert text_of(run).startswith("Diagnosis · 12 findings\n")
    assert "@everyone" not in text_of(run)
    assert run.message
    (embed,) = run.message.embeds
    assert "page 1 of 2" in embed["footer"]["text"]
    pressed = await home.sandbox.click(home.owner, run.message, "More ▶")
    await pressed.wait(lambda _: "page 2 of 2" in str(run.message and run.message.embeds))
    assert "checks passed" in text_of(run)
