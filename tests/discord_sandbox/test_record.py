"""The record of a sandbox with a real bot, what is in it, and its replay."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from discord_sandbox import Channel, Kind, Sandbox, SandboxError, User
from discord_sandbox.__main__ import main
from discord_sandbox.faults import cause
from discord_sandbox.page import views
from discord_sandbox.replay import replay
from discord_sandbox.world import posting
from tests.discord_bot import running
from tests.discord_sandbox.page_bot import Waiter
from tests.discord_sandbox.page_tab import Tab
from tests.discord_sandbox.parts import JSON, Gateway, Home, Rest, home
from tests.discord_sandbox.posting import PNG

ROOT = Path(__file__).parents[2]


def lines(path: Path) -> list[JSON]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def kinds(path: Path, kind: str) -> list[JSON]:
    return [line for line in lines(path) if line["kind"] == kind]


def shown(sandbox: Sandbox, channel: Channel, viewer: User) -> Any:
    """Return what the page shows, without what differs between sandboxes: address, signature."""
    text = json.dumps(views.history(channel, viewer, None, 100))
    text = text.replace(sandbox.world.signer.base, "")
    return _unsigned(json.loads(text))


def _unsigned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unsigned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_unsigned(each) for each in value]
    return value.partition("?ex=")[0] if isinstance(value, str) else value


async def busy(sandbox: Sandbox, place: Home) -> None:
    """Let a real bot post, edit, delete, whisper, attach, react, reply and hook."""
    async with running(Waiter(), sandbox) as bot:
        channel = bot.get_channel(place.channel.id)
        assert isinstance(channel, discord.TextChannel)
        first = await channel.send("first thoughts")
        await first.edit(content="second thoughts")
        gone = await channel.send("gone soon")
        await gone.delete()
        embed = discord.Embed(title="A chart", colour=0x3366FF)
        embed.set_image(url="attachment://chart.png")
        await channel.send(embed=embed, file=discord.File(io.BytesIO(PNG), "chart.png"))
        await channel.send(file=discord.File(io.BytesIO(b"notes"), "a b.txt"))
        await first.add_reaction("👍")
        await first.reply(f"hello {channel.guild.me.mention} <@{place.mia.id}>")
        hook = await channel.create_webhook(name="crier")
        await hook.send("hear ye", username="Crier", wait=True)
        options = {"fruit": "plum", "amount": 2}
        await sandbox.run_command(place.mia, place.channel, "buy", options)
        await sandbox.run_command(place.mia, place.channel, "table")
        noah = place.guild.add_member("noah", nick="No")
        said = await sandbox.say(noah, place.channel, "hi\u2028 ```x```")
        await sandbox.say(noah, sandbox.direct(noah), "just us")
        group = sandbox.world.add_group("Friends", noah.user, place.mia.user)
        await sandbox.say(place.mia, group, "without the bot")
        place.guild.add_text_channel("later", topic="After the rest")
        await bot.get_partial_messageable(sandbox.direct(noah).id).send("yes")
        await bot.tree.sync(guild=discord.Object(place.guild.id))
        posting.delete(sandbox.world, place.channel, said)


async def test_a_replay_shows_what_the_channels_showed(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(rate_limits=False, record=path) as sandbox:
        place = home(sandbox)
        await busy(sandbox, place)
    async with Sandbox() as again:
        await replay(again, path)
        assert [each.name for each in again.world.guilds.values()] == ["Home"]
        assert again.world.channels.keys() == sandbox.world.channels.keys()
        assert [each.kind for each in again.world.directs.values()] == [Kind.DIRECT]
        for before in sandbox.world.channels.values():
            after = again.world.channels[before.id]
            for user in sandbox.world.users.values():
                viewer = again.world.users[user.id]
                assert shown(again, after, viewer) == shown(sandbox, before, user)
        assert _guild(again, place) == _guild(sandbox, place)
        whispered = views.history(place.channel, place.mia.user, None, 100)["messages"]
        assert [each["content"] for each in whispered if each["flags"] & 64] == ["2 plum for you"]


def _guild(sandbox: Sandbox, place: Home) -> Any:
    told = views.world(sandbox.world, sandbox.world.users[place.mia.id])
    return [told["guilds"], told["users"], told["me"], told["bot"]]


async def test_pictures_and_files_show_again(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(rate_limits=False, record=path) as sandbox:
        place = home(sandbox)
        await busy(sandbox, place)
    async with Sandbox(read_only=True) as again:
        await replay(again, path)
        messages = again.world.channels[place.channel.id].messages
        (picture,) = (m.embeds[0]["image"]["url"] for m in messages if m.embeds)
        (note,) = (a.url for m in messages for a in m.attachments if not a.embedded)
        async with session.get(picture) as seen, session.get(note) as read:
            assert (seen.status, seen.content_type, await seen.read()) == (200, "image/png", PNG)
            assert await read.read() == b"notes"


async def test_no_token_stands_in_a_record(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(rate_limits=False, record=path) as sandbox:
        place = home(sandbox)
        await busy(sandbox, place)
        rest, gateway = Rest(sandbox, session), Gateway(sandbox, session)
        leak = f"my token is {sandbox.token}, x{sandbox.token}x"
        await rest("POST", f"/channels/{place.channel.id}/messages", {"content": leak})
        secrets = {sandbox.token, *(each.token for each in sandbox.world.webhooks.values())}
        secrets |= set(sandbox._api.app.interactions._by_token)
        line = await gateway()
        await line.send(2, {"token": "another bot's token", "intents": 0})
        assert (await line.closed())[0] == 4004
        await rest("POST", "/webhooks/1/a-guess-of-a-webhook/messages/2", {})
        await rest("GET", "/nothing/" + sandbox.token)
    text = path.read_text(encoding="utf-8")
    assert len(secrets) > 3
    assert [each for each in secrets if each in text] == []
    assert "another bot's token" not in text
    assert "a-guess-of-a-webhook" not in text
    assert "my token is <token>, x<token>x" in text
    assert path.stat().st_mode & 0o777 == 0o600


async def test_requests_frames_and_faults_are_recorded(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(rate_limits=False, record=path) as sandbox:
        place = home(sandbox)
        rest, gateway = Rest(sandbox, session), Gateway(sandbox, session)
        line = await gateway()
        await line.identify()
        cause(sandbox.faults, "error-503", {"route": "POST *"})
        to = f"/channels/{place.channel.id}/messages"
        await rest("POST", to, {"content": "no"})
        await rest("POST", to, {"content": "yes"}, files=[("a.txt", b"four")])
        cause(sandbox.faults, "reset", {"route": "POST *"})
        with pytest.raises(aiohttp.ClientConnectionError):
            await rest("POST", to, {"content": "lost"})
        sandbox.faults.clear()
        cause(sandbox.faults, "drop-gateway", {"resume": False})
    requests = kinds(path, "request")
    assert [(r["method"], r["status"], r["body"], r["files"]) for r in requests] == [
        ("POST", 503, {"content": "no"}, []),
        (
            "POST",
            200,
            {"content": "yes"},
            [{"name": "a.txt", "bytes": 4, "content_type": "application/octet-stream"}],
        ),
        ("POST", 0, {"content": "lost"}, []),
    ]
    assert requests[1]["answer"]["content"] == "yes"
    assert all(each["milliseconds"] > 0 and each["at"] > 1e9 for each in requests)
    frames = [(f["way"], f["frame"].get("op"), f["frame"].get("t")) for f in kinds(path, "gateway")]
    assert frames[:4] == [
        ("to bot", 10, None),
        ("from bot", 2, None),
        ("to bot", 0, "READY"),
        ("to bot", 0, "GUILD_CREATE"),
    ]
    assert ("to bot", 0, "MESSAGE_CREATE") in frames
    assert frames[-1] == ("ended", None, None)
    assert [(each["name"], each.get("trouble")) for each in kinds(path, "fault")] == [
        ("added", "error-503"),
        ("met", "error-503"),
        ("added", "reset"),
        ("met", "reset"),
        ("cleared", None),
        ("drop-gateway", None),
    ]


async def test_a_record_that_was_cut_is_replayed_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(record=path) as sandbox:
        place = home(sandbox)
        for number in range(3):
            await sandbox.say(place.mia, place.channel, f"message {number}")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    async with Sandbox(read_only=True) as again:
        await replay(again, path)
        texts = [each.content for each in again.world.channels[place.channel.id].messages]
    assert texts == ["message 0", "message 1"]


def test_what_is_no_record_is_refused_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other, empty, broken = (tmp_path / name for name in ("other", "empty", "broken"))
    other.write_text('{"hello": 1}\n')
    empty.write_text("")
    broken.write_text('{"kind": "start", "record": 1}\n{"kind": "guild"}\n')
    for path in (tmp_path / "none", other, empty, broken):
        assert main(["--port=0", "--replay", str(path)]) == 2
    how = "is no record of a sandbox: write one with python -m discord_sandbox --record FILE"
    assert capsys.readouterr().err.splitlines() == [
        f"python -m discord_sandbox: there is no file {tmp_path / 'none'}",
        f"python -m discord_sandbox: {other} {how}",
        f"python -m discord_sandbox: {empty} {how}",
        f"python -m discord_sandbox: the record {broken} is damaged in line 1: KeyError('base')",
    ]


def test_a_record_that_cannot_be_written_is_told_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("a letter")
    assert main(["--port=0", "--record", str(tmp_path / "none" / "x")]) == 2
    assert main(["--port=0", "--record", str(tmp_path / "mine.txt")]) == 2
    assert capsys.readouterr().err.splitlines() == [
        (
            f"python -m discord_sandbox: the record {tmp_path / 'none' / 'x'} cannot be written: "
            "No such file or directory"
        ),
        (
            f"python -m discord_sandbox: {tmp_path / 'mine.txt'} is no record: "
            "another file is not replaced"
        ),
    ]
    assert (tmp_path / "mine.txt").read_text() == "a letter"


@pytest.mark.parametrize("frame", ["[" * 10_000, '{"op": NaN, "d": "\\ud800"}'])
async def test_a_frame_that_cannot_be_read_does_not_break_the_record(
    frame: str, tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(record=path) as sandbox:
        place = home(sandbox)
        await sandbox.say(place.mia, place.channel, "\ud800 half a character")
        line = await Gateway(sandbox, session)()
        await line.socket.send_str(frame)
        assert await line.closed() == (4002, "Decode error.")

    assert frame in [each["frame"] for each in kinds(path, "gateway")]
    async with Sandbox(read_only=True) as again:
        await replay(again, path)
        (guild,) = again.world.guilds.values()
        (channel,) = guild.channels.values()
        assert [each.content for each in channel.messages] == ["? half a character"]


@pytest.mark.parametrize("damage", ["{", "[" * 100_000], ids=["cut", "nested"])
async def test_a_damaged_line_in_the_middle_is_told(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(record=path) as sandbox:
        home(sandbox)
    text = path.read_text().splitlines()
    path.write_text("\n".join([text[0], damage, *text[1:]]))
    async with Sandbox(read_only=True) as again:
        with pytest.raises(SandboxError, match="damaged in line 2"):
            await replay(again, path)


async def test_a_replay_keeps_the_pace_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    now = 1_800_000_000.0
    async with Sandbox(record=path, clock=lambda: now) as sandbox:
        place = home(sandbox)
        await sandbox.say(place.mia, place.channel, "one")
        now += 30
        await sandbox.say(place.mia, place.channel, "two")
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with Sandbox(read_only=True) as again:
        await replay(again, path, pace=10, sleep=sleep)
    assert [each for each in slept if each] == [3.0]


async def test_a_replay_can_be_looked_at_only(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(record=path) as sandbox:
        place = home(sandbox)
        await sandbox.say(place.mia, place.channel, "hello")
    async with Sandbox(read_only=True) as again:
        await replay(again, path)
        async with session.ws_connect(again.page_url + "page/live") as socket:
            tab = Tab(socket)
            told = await tab.ask("become", user=str(place.mia.id))
            here = {"channel": str(place.channel.id)}
            messages = (await tab.ask("enter", **here))["messages"]
            refused = await tab.ask("say", text="me too", **here)
    assert told["readOnly"] is True
    assert set(told["guilds"][0]["channels"][0]["can"].values()) == {False}
    assert [each["content"] for each in messages] == ["hello"]
    assert refused == "this is a replay: it can be looked at only"


async def test_a_killed_sandbox_leaves_all_but_the_last_second(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "discord_sandbox",
            "--port=0",
            "--no-rate-limits",
            f"--record={path}",
        ),
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    told: dict[str, str] = {}
    while "DISCORD_GATEWAY_URL" not in told:
        name, _, value = (await process.stdout.readline()).decode().strip().partition("=")
        told[name] = value
    headers = {"Authorization": f"Bot {told['DISCORD_TOKEN']}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = told["DISCORD_API_BASE"] + "/users/@me"
        async with session.get(url):
            pass
    await asyncio.sleep(1)  # what is promised
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert [each["path"] for each in kinds(path, "request")] == ["/users/@me"]
    async with Sandbox(read_only=True) as again:
        await replay(again, path)
        assert [each.name for each in again.world.guilds.values()] == ["Home"]


async def test_the_command_line_serves_a_replay(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(record=path) as sandbox:
        place = home(sandbox)
        await sandbox.say(place.mia, place.channel, "hello")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "discord_sandbox", "--port=0", f"--replay={path}", "--pace=1000"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    first, second = [(await process.stdout.readline()).decode().strip() for _ in range(2)]
    url = first.removeprefix("# To look at the replay: ")
    async with session.ws_connect(url + "page/live") as socket:
        tab = Tab(socket)
        await tab.ask("become", user=str(place.mia.id))
        told = await tab.ask("enter", channel=str(place.channel.id))
    process.kill()
    await process.wait()
    assert second == f"# {len(lines(path))} lines of {path} are replayed: {url}"
    assert [each["content"] for each in told["messages"]] == ["hello"]


@pytest.mark.parametrize(("option", "value"), [("pace", "-1"), ("port", "65536")])
def test_a_pace_or_port_that_is_none_is_refused(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--{option}={value}"])
    assert ended.value.code == 2
    assert f"argument --{option}: invalid {option} value: '{value}'" in capsys.readouterr().err


def test_a_replay_cannot_be_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--replay", "a.jsonl", "--record", "b.jsonl"])
    assert ended.value.code == 2
    assert "argument --record: not allowed with argument --replay" in capsys.readouterr().err
