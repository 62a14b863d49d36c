"""/debug export: metrics in a file, and a bundle in which no secret is, however large the log."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import random
import urllib.parse
import zipfile
from pathlib import Path

import discord
import pytest

from cogs.debug.app.feature_handlers import FeatureHandlers
from cogs.debug.features.export.handlers import SPARE
from discord_sandbox import Message
from discord_sandbox.people.runs import Run
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

PASSWORD = "q8Zk3wTr5yB9nM2x-hunter2"
TOKEN = "ghp_0123456789abcdefghij0123456789abcdef"
FILES = [
    *("charts/event_loop.csv", "charts/gateway.csv", "charts/memory.csv"),
    *("charts/response_time.csv", "crashes.json", "environment.json", "errors.txt"),
    *("findings.json", "gateway.json", "incidents.json", "index.html", "log.txt", "metrics.json"),
    *("overview.json", "settings.json", "tasks.json"),
]


def shown(run: Run) -> Message:
    assert run.message
    return run.message


def has_file(run: Run) -> bool:
    return bool(run.message and run.message.attachments)


async def exported(home: Home, **options: str) -> tuple[str, bytes, str]:
    """Return the name and content of the file, and what is said of it."""
    run = await home.sandbox.run_command(home.owner, home.channel, "debug export", options)
    await run.wait(has_file, timeout=90)
    message = shown(run)
    assert message.ephemeral
    (file,) = message.attachments
    return file.filename, file.data, message.text


def forms(secret: str) -> set[str]:
    """List how a secret can be written."""
    raw = secret.encode()
    return {
        secret,
        html.escape(secret),
        json.dumps(secret)[1:-1],
        urllib.parse.quote(secret),
        base64.b64encode(raw).decode().rstrip("="),
        raw.hex(),
    }


async def test_metrics_are_a_file_of_their_own(home: Home, host: Host) -> None:
    host.cog.runtime.metrics.record("llm_generation", 250.0, model="small")
    name, content, text = await exported(home, what="llm_generation", format="json")
    found = json.loads(content)

    assert name == "llm_generation-24h.json"
    assert [one["labels"] for one in found["series"]] == [{}, {"model": "small"}]
    assert "2 series, 2 points" in text
    name, content, _ = await exported(home)
    assert name == "metrics-24h.csv"
    assert b"llm_generation,model=small,ms," in content


async def test_what_is_no_metric_is_refused_with_what_there_is(home: Home, host: Host) -> None:
    run = await home.sandbox.run_command(
        home.owner, home.channel, "debug export", {"what": "@everyone `x`"}
    )
    await run.wait(lambda run: "is no metric. Choose" in shown(run).text)
    offered = await home.sandbox.autocomplete(
        home.owner, home.channel, "debug export", option="what", value="b"
    )
    assert offered[0] == {"name": "Support bundle", "value": "bundle"}


@pytest.mark.timeout(240)
async def test_a_bundle_has_all_and_no_secret_in_any_form(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("DATABASE_PASSWORD", PASSWORD)
    environment.setenv("DASHBOARD_TOKEN", PASSWORD[::-1] + "abcdefgh")
    log = tmp_path / "logs" / "bot.log"
    log.parent.mkdir()
    line = "2026-01-01 00:00:00,000 [INFO] old: " + "x" * 200 + f" token={TOKEN}\n"
    log.write_text(line * 60_000)  # 16 MB
    async with running(Host(), home.sandbox) as host:
        await registered()
        service = host.cog.runtime.metrics
        for secret in (PASSWORD, TOKEN):
            service.record("llm_generation", 1.0, model=secret)
            service.increment("api_calls", 1, backend=f"key={secret}")
            logging.getLogger("bot").warning("cannot log in with password=%s", secret)
            try:
                raise RuntimeError(f"https://user:{secret}@db/ refused {secret}")
            except RuntimeError:
                logging.getLogger("bot").exception("Failed with %s", secret)
        for form in sorted(forms(PASSWORD)):
            logging.getLogger("bot").error("sent %s to the server", form)
        host.cog.runtime.errors.store.flush(5.0)
        name, content, text = await exported(home, what="bundle", window="1h")
        assert isinstance(host.cog.app_command, discord.app_commands.Group)

    with zipfile.ZipFile(io.BytesIO(content)) as found:
        files = {one: found.read(one).decode() for one in found.namelist()}
    assert name.startswith("bundle-")
    assert name.endswith(".zip")
    assert len(content) <= 10 * 1024 * 1024
    assert sorted(files) == FILES
    assert "16 files; unpack it and open `index.html`." in text
    leaks = {
        (one, form)
        for one, body in files.items()
        for secret in (PASSWORD, PASSWORD[::-1] + "abcdefgh", TOKEN)
        for form in forms(secret)
        if form in body
    }
    assert leaks == set()
    assert "RuntimeError: " in files["errors.txt"]
    assert "Traceback (most recent call last)" in files["errors.txt"]
    assert '"key": "DATABASE_PASSWORD"' not in files["settings.json"]
    assert '"value": "*****"' in files["settings.json"]
    assert "cannot log in with password=" in files["log.txt"]
    assert "Log, its last lines" in files["index.html"]
    assert "discord.py" in json.loads(files["environment.json"])["packages"]


async def test_a_bundle_is_no_larger_than_discord_takes_there_and_says_what_is_left_out(
    home: Home, host: Host
) -> None:
    dice = random.Random(1)
    for number in range(3_000):
        logging.getLogger("bot").warning("%d %s", number, dice.randbytes(150).hex())
    logs = host.cog.runtime.log_reading.logs
    assert await host.cog.runtime.off_loop(lambda: logs.flush(30.0))
    made = FeatureHandlers(host.cog.runtime).export()
    reply = await made.make("bundle", "1h", "csv", SPARE + 150_000)
    (file,) = reply.files
    with zipfile.ZipFile(io.BytesIO(file.content)) as found:
        page = found.read("index.html").decode()
        names = found.namelist()

    assert len(file.content) <= 150_000
    assert "log.txt" not in names
    assert {"errors.txt", "settings.json"} <= set(names)
    assert "<li><b>Log</b>: too large: " in page
    assert "**Left out**\n- Log (too large: " in str(reply.embeds[0].description)


@pytest.mark.timeout(240)
async def test_what_is_exported_may_be_written_in_capitals(home: Home, host: Host) -> None:
    for what, beginning in (("Bundle", "bundle-"), ("METRICS", "metrics-")):
        name, _, _ = await exported(home, what=what, window="1h")
        assert name.startswith(beginning)


async def test_a_bundle_is_whole_while_the_executor_of_the_host_is_full(
    home: Home, host: Host, full_executor: None
) -> None:
    _, content, text = await exported(home, what="bundle", window="1h")

    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert sorted(found.namelist()) == FILES
    assert "Left out" not in text


async def test_what_was_recorded_before_a_restart_is_in_the_files_after_it(home: Home) -> None:
    async with running(Host(), home.sandbox) as host:
        await registered()
        host.cog.runtime.metrics.record("llm_generation", 250.0, model="small")
    async with running(Host(), home.sandbox):
        await registered()
        _, metrics, _ = await exported(home, what="llm_generation", window="1h", format="json")
        _, bundle, _ = await exported(home, what="bundle", window="1h")

    with zipfile.ZipFile(io.BytesIO(bundle)) as found:
        bundled = json.loads(found.read("metrics.json"))
    series = json.loads(metrics)["series"]
    assert [(one["labels"], one["points"][0][1:3]) for one in series] == [
        ({}, [1, 250.0]),
        ({"model": "small"}, [1, 250.0]),
    ]
    assert [one for one in bundled["series"] if one["name"] == "llm_generation"] == series


async def test_the_reply_says_how_far_a_bundle_is(
    home: Home, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.debug.features.export.handlers.PROGRESS_SECONDS", 0.0)
    told: list[str] = []

    async def tell(text: str) -> None:
        told.append(text)

    await FeatureHandlers(host.cog.runtime).export().make("bundle", "1h", "csv", 0, tell)
    assert told[0] == "0 of 12 done, now: Versions and environment …"
    assert "done, now: " in told[-1]
