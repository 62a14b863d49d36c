"""/debug and the dashboard, asked at the same moment, say the same: every figure and every mark."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from discord_sandbox.people.runs import Run
from services.debugcog.charting.chart_spec import ChartSpec, Line, Mark, Span, Threshold, alt_text
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered
from tests.e2e.test_commands import has_embed, has_picture

TOKEN = "one-truth-for-all-readers-0123456789"


@dataclass
class Readers:
    """One bot, and its two readers: somebody in Discord, and the dashboard's JSON."""

    home: Home
    host: Host
    session: aiohttp.ClientSession

    async def embed(
        self, command: str, picture: bool = False, **options: object
    ) -> tuple[Run, dict[str, Any]]:
        """Ask in Discord; the chart comes later than the numbers."""
        home = self.home
        run = await home.sandbox.run_command(home.owner, home.channel, command, options)
        await run.wait(has_picture if picture else has_embed)
        assert run.message
        return run, run.message.embeds[0]

    async def json(self, question: str) -> dict[str, Any]:
        """Ask the dashboard, whose figures are published each second: now, so as not to wait."""
        self.host.cog.runtime.publisher.publish()
        async with self.session.get(f"/api/v1/{question}") as reply:
            assert reply.status == 200
            answer: dict[str, Any] = (await reply.json())["answer"]
            return answer

    async def freeze(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let nothing be measured any more, and no time pass for those who show figures."""
        runtime, now, monotonic = self.host.cog.runtime, time.time(), time.monotonic()
        runtime.metrics.close()
        await runtime.alerting.evaluator.close()
        report = runtime.process.report(12)
        monkeypatch.setattr(runtime.process, "_highest", lambda mb: report.peak_mb)
        monkeypatch.setattr(runtime.process, "report", lambda tasks: report)
        monkeypatch.setattr(runtime.metrics, "_clock", lambda: now)
        monkeypatch.setattr(runtime.process, "_monotonic", lambda: monotonic)
        object.__setattr__(runtime.sources, "clock", lambda: now)


@pytest.fixture
async def readers(home: Home, environment: pytest.MonkeyPatch) -> AsyncIterator[Readers]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    for key, value in {
        "DASHBOARD_ENABLED": "true",
        "DASHBOARD_PORT": str(port),
        "DASHBOARD_TOKEN": TOKEN,
        "ALERT_TIME_SCALE": "0.02",
    }.items():
        environment.setenv(key, value)
    async with running(Host(), home.sandbox) as bot, dashboard(port) as session:
        await registered()
        yield Readers(home, bot, session)


@asynccontextmanager
async def dashboard(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as session:
        yield session


def record(host: Host) -> None:
    """Let the bot do some of everything."""
    metrics = host.cog.runtime.metrics
    for value in (1000.0, *[4000.0] * 18, 9000.0):
        metrics.record("total_response_time", value)
        metrics.record("llm_generation", value / 2, model="m")
        metrics.record("tokens_input", 4000)
        metrics.record("tokens_output", 150)
        metrics.record("queue_length", value / 100)
    metrics.increment("messages_processed", 20_000)
    metrics.increment("errors", 300)
    metrics.increment("cache_hits", 9)
    metrics.increment("cache_misses")
    metrics.increment("api_calls", 1234)
    metrics.increment("jokes", 56)


async def until_measured(host: Host) -> None:
    """Wait for what the samplers measure first."""
    names = ("memory_usage_mb", "cpu_percent", "event_loop_lag_ms", "gateway_latency_ms")
    async with asyncio.timeout(30):
        while not all(host.cog.runtime.metrics.recorded(name) for name in names):  # noqa: ASYNC110 - tickers
            await asyncio.sleep(0.01)


async def incident_of_the_loop(host: Host) -> None:
    """Wait for the incident of a loop that was blocked for 4 s, until it gets no worse."""
    runtime = host.cog.runtime
    alerts = runtime.alerting.service
    async with asyncio.timeout(30):
        while "event_loop" not in {one.rule for one in alerts.open} or any(
            one.pending for one in alerts.rule_statuses()
        ):
            runtime.metrics.record("event_loop_lag_ms", 4000.0)
            await asyncio.sleep(0.01)


def marked(title: str, figure: Mapping[str, Any]) -> str:
    """Write a field's name with the mark of its figure."""
    return f"{title} {figure['mark']}" if figure["mark"] else title


def texts(part: Mapping[str, Any]) -> dict[str, str]:
    """Pick the texts of the figures of a part."""
    return {
        name: figure["text"]
        for name, figure in part.items()
        if isinstance(figure, dict) and "text" in figure
    }


def now_line(part: Mapping[str, Any], shown: str) -> str:
    now = part["now"]
    told = now["value"] is None or f"**{now['text']}**" in shown
    return "" if told else f"\nalert value **{now['text']}**"


def chart_text(chart: Mapping[str, Any]) -> str:
    """Say in words what a chart in JSON shows."""
    return alt_text(
        ChartSpec(
            title=chart["title"],
            unit=chart["unit"],
            lines=tuple(
                Line(one["label"], tuple((at, value) for at, value in one["points"]))
                for one in chart["lines"]
            ),
            thresholds=tuple(Threshold(**one) for one in chart["thresholds"]),
            spans=tuple(Span(**one) for one in chart["spans"]),
            start=chart["start"],
            end=chart["end"],
            marks=tuple(Mark(**one) for one in chart["marks"]),
        )
    )


def metrics_fields(answer: Mapping[str, Any]) -> dict[str, str]:
    """Write what /debug metrics shows, out of JSON alone."""
    fields = {}
    for one in answer["timings"]:
        of = texts(one)
        text = f"avg **{of['average']}**\np95 {of['p95']}\nmax {of['maximum']}\n{of['calls']} calls"
        fields[marked(one["title"], one["average"])] = text + now_line(one, text)
    tokens, errors, loop = answer["tokens"], answer["errors"], answer["event_loop"]
    of = texts(tokens)
    text = f"**{of['per_request']}** per request\nin {of['sent']} · out {of['received']}"
    fields[marked("Tokens", tokens["per_request"])] = text + now_line(tokens, text)
    of = texts(errors)
    text = f"**{of['rate']}** of messages\n{of['count']} of {of['messages']}"
    fields[marked("Errors", errors["rate"])] = text + now_line(errors, text)
    of = texts(answer["calls"])
    fields["API calls"] = f"**{of['calls']}**\ncache hits {of['hit_rate']}"
    of = texts(answer["memory"])
    text = f"**{of['resident']}**\npeak of this run {of['peak']}"
    fields[marked("Memory", answer["memory"]["resident"])] = text
    of = texts(loop)
    text = f"lag p99 **{of['p99']}**\nmax {of['maximum']}"
    fields[marked("Event loop", loop["p99"])] = text + now_line(loop, text)
    of = texts(answer["gateway"])
    fields["Gateway"] = f"**{of['latency']}**\np95 {of['p95']}"
    fields["Your own metrics"] = "\n".join(own_line(one) for one in answer["own"])
    return fields


def own_line(own: Mapping[str, Any]) -> str:
    of = texts(own)
    if own["count"]["value"] is not None:
        return f"`{own['name']}` **{of['count']}**"
    return (
        f"`{own['name']}` **{of['last']}** now, avg {of['average']}, p95 {of['p95']}, "
        f"max {of['maximum']}"
    )


def incident_lines(incident: Mapping[str, Any]) -> list[str]:
    """Write what /debug alerts shows of an incident, out of JSON alone."""
    head = f"{incident['mark']} **#{incident['id']} {incident['title']}** {incident['text']}"
    by = f"acknowledged by {incident['acknowledged_by']}" if incident["acknowledged_by"] else ""
    flags = ["recovering" if incident["state"] == "recovering" else "", by]
    said = " · ".join(filter(None, flags))
    return [f"{head} · started <t:{round(incident['since'])}:R>", *([said] if said else [])]


def fields_of(embed: Mapping[str, Any]) -> dict[str, str]:
    return {field["name"]: field["value"] for field in embed["fields"]}


async def test_metrics_are_the_same_in_discord_and_on_the_dashboard(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(readers.host)
    await until_measured(readers.host)
    await incident_of_the_loop(readers.host)
    await readers.host.cog.runtime.alerting.service.note("Log level of all loggers: DEBUG")
    await readers.freeze(monkeypatch)
    run, embed = await readers.embed("debug metrics", picture=True)
    answer = await readers.json("metrics")
    assert fields_of(embed) == metrics_fields(answer)
    assert embed["footer"]["text"] == f"Up {answer['uptime']['text']}"
    alerts, are = answer["alerts"], "alert is" if answer["alerts"]["value"] == 1 else "alerts are"
    assert embed["description"] == (
        f"{alerts['mark']} {alerts['text']} {are} open: `/debug alerts`"
    )
    assert run.message
    assert run.message.attachments[0].description == chart_text(answer["chart"])
    assert [mark["label"] for mark in answer["chart"]["marks"]] == ["log level"]
    assert "critical" in [span["severity"] for span in answer["chart"]["spans"]]


async def test_the_pages_show_the_figures_and_marks_of_the_commands(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(readers.host)
    await until_measured(readers.host)
    await incident_of_the_loop(readers.host)
    await readers.freeze(monkeypatch)
    run, embed = await readers.embed("debug metrics", picture=True)
    shown = fields_of(embed)
    overview = await readers.json("overview")
    performance = await readers.json("performance")
    tiles = overview["tiles"]
    response, errors, memory = tiles["response_time"], tiles["errors"], tiles["memory"]["now"]
    for name, figure, text in (
        (response["title"], response["average"], f"avg **{response['average']['text']}**"),
        (response["title"], response["average"], f"p95 {response['p95']['text']}"),
        ("Errors", errors["rate"], f"**{errors['rate']['text']}** of messages"),
        ("Errors", errors["rate"], f"{errors['count']['text']} of 20,000"),
        ("Memory", memory, f"**{memory['text']}**"),
        ("Gateway", tiles["uptime"]["latency"], f"**{tiles['uptime']['latency']['text']}**"),
    ):
        assert text in shown[marked(name, figure)].splitlines()
    assert embed["footer"]["text"] == f"Up {tiles['uptime']['uptime']['text']}"
    drawn, detail = overview["charts"]["response_time"], performance["charts"]["response_time"]
    assert run.message
    assert run.message.attachments[0].description == chart_text(drawn)
    for name in ("thresholds", "spans", "unit", "title"):
        assert drawn[name] == detail[name], name


async def test_memory_is_the_same_in_discord_and_on_the_dashboard(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until_measured(readers.host)
    await readers.freeze(monkeypatch)
    run, embed = await readers.embed("debug memory", picture=True)
    answer = await readers.json("memory")
    of = texts(answer)
    collections = " / ".join(one["text"] for one in answer["collections"])
    place, left = (
        ("Container", "left of its limit") if answer["contained"] else ("Machine", "available")
    )
    assert answer["growth"] is None
    shown = fields_of(embed)
    assert shown.pop("What discord.py keeps").startswith("Messages **")  # the bot's thread alone
    assert shown == {
        marked("This process", answer["resident"]): (
            f"**{of['resident']}** resident\npeak of this run {of['peak']}\n{of['private']} private"
        ),
        "Trend": "not known yet: needs 12 values after the first 5 min",
        place: f"**{of['used']}** of {of['total']} used\n{of['available']} {left}",
        "Threads and tasks": f"**{of['threads']}** threads\n{of['tasks']} tasks",
        "Open files": f"**{of['descriptors']}**\nsockets included",
        "Garbage collector": f"**{collections}** runs\n{of['uncollectable']} uncollectable",
    }
    assert embed["footer"]["text"] == f"Up {of['uptime']}"
    assert run.message
    assert run.message.attachments[0].description == chart_text(answer["chart"])


async def test_rules_that_are_quiet_read_the_same_in_discord_and_on_the_dashboard(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until_measured(readers.host)
    await readers.freeze(monkeypatch)
    _, embed = await readers.embed("debug alerts")
    answer = await readers.json("incidents")
    assert embed["description"].splitlines() == [
        f"{rule['mark']} {rule['title']}: {rule['missing'] or rule['value']['text']}"
        for rule in answer["rules"]
    ]
    assert answer["incidents"] == []


async def test_what_is_about_to_fire_is_said_alike_by_the_overview_and_by_the_alerts(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until_measured(readers.host)
    await readers.host.cog.runtime.alerting.evaluator.close()  # it stays about to
    for _ in range(20):
        readers.host.cog.runtime.metrics.record("total_response_time", 4000.0)
    await readers.freeze(monkeypatch)
    _, alerts = await readers.embed("debug alerts")
    _, overview = await readers.embed("debug overview")
    answer = (await readers.json("overview?window=1h"))["health"]
    assert alerts["title"] == "⚠️ Alerts · 1 about to fire"
    assert answer["sentence"] == "Needs a look: Response time 4 s, about to fire."
    assert overview["description"].splitlines()[0] == f"⚠️ **{answer['sentence']}**"
    assert fields_of(alerts)["About to fire"] == "Response time: 4 s, warning soon"


async def test_alerts_are_the_same_in_discord_and_on_the_dashboard(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(readers.host)
    await until_measured(readers.host)
    await incident_of_the_loop(readers.host)
    alerts = readers.host.cog.runtime.alerting.service
    user = readers.host.user
    assert user
    await alerts.acknowledge(alerts.open[0].id, user.mention)
    await readers.freeze(monkeypatch)
    run, embed = await readers.embed("debug alerts")
    answer, overview = await readers.json("incidents"), await readers.json("overview")
    firing = [one for one in answer["incidents"] if one["ended"] is None]
    assert embed["title"] == f"{firing[0]['mark']} Alerts · {len(firing)} open"
    assert embed["description"].split("\n") == [
        line.replace(f"@{user.name}", user.mention)
        for incident in firing
        for line in incident_lines(incident)
    ]
    assert overview["alerts"] == firing
    assert run.message
    options = run.message.components[1]["components"][0]["options"]
    read = {one["label"]: one["description"].partition(" · ")[0] for one in options}
    assert read == {
        rule["title"]: rule["missing"] or rule["value"]["text"] for rule in answer["rules"]
    }


def error_lines(error: Mapping[str, Any]) -> list[str]:
    """Write what /debug errors shows of a group, out of JSON alone."""
    count, hourly = error["count"], error["hourly"]["text"]
    times = "1 time" if count["value"] == 1 else f"{count['text']} times · {hourly} per hour"
    seen = f"<t:{round(error['last_seen'])}:R>"
    return [
        f"{error['mark']} **{error['title']}**",
        f"{times} · `{error['place']}` · {seen} · `{error['id']}`",
    ]


def fail(error: Exception) -> Exception:
    try:
        raise error
    except (LookupError, OSError) as raised:
        return raised


async def test_error_groups_are_the_same_in_discord_and_on_the_dashboard(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until_measured(readers.host)
    reporter = readers.host.cog.runtime.errors.reporter
    for error in (LookupError("the model is gone"), *map(OSError, ("no voice",) * 3)):
        reporter.report(fail(error))
    async with asyncio.timeout(30):
        while sum(one["count"]["value"] for one in (await readers.json("errors"))["errors"]) < 4:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.05)
    await readers.freeze(monkeypatch)
    run, embed = await readers.embed("debug errors")
    answer, overview = await readers.json("errors"), await readers.json("overview")
    assert embed["title"] == f"Errors · {len(answer['errors'])} groups, worst first"
    often_first = sorted(answer["errors"], key=lambda one: -one["hourly"]["value"])
    assert embed["description"].splitlines() == [
        line for error in often_first for line in error_lines(error)
    ]
    assert overview["errors"] == answer["errors"]
    assert run.message
    options = run.message.components[0]["components"][0]["options"]
    assert [one["label"] for one in options] == [one["title"] for one in often_first]


async def test_the_overview_has_the_health_and_the_figures_of_the_page(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(readers.host)
    await until_measured(readers.host)
    await incident_of_the_loop(readers.host)
    await readers.freeze(monkeypatch)
    _, embed = await readers.embed("debug overview", picture=True)
    told = await readers.json("overview?window=1h")
    shown = {field["name"]: field["value"] for field in embed["fields"]}
    tiles, behind = told["tiles"], told["operations"]
    response, loop = tiles["response_time"], behind["event_loop"]

    assert told["health"]["severity"] == "critical"
    assert embed["description"].splitlines()[0] == f"🔴 **{told['health']['sentence']}**"
    assert shown[marked(response["title"], response["average"])] == (
        f"avg **{response['average']['text']}**\np95 {response['p95']['text']}"
    )
    assert shown[marked("Event loop", loop["p99"])].startswith(f"lag p99 **{loop['p99']['text']}**")
    assert shown[marked("Errors", tiles["errors"]["rate"])] == (
        f"**{tiles['errors']['rate']['text']}** of messages\n300 in all"
    )
    assert shown[marked("Memory and CPU", tiles["memory"]["now"])].startswith(
        f"**{tiles['memory']['now']['text']}**"
    )
    assert "999** of 1,000 session starts left" in shown["Discord's limits ✅"]
