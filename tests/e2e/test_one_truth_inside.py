"""/debug loop, gateway, tasks and trace say the same as the page Runtime at the same moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from discord.ext import commands, tasks

from services.debugcog.calls.call import Call, ServiceSum, Span
from services.debugcog.charting.waterfall import Bar, WaterfallSpec, alt_text
from services.debugcog.gateway.responses import Response
from services.debugcog.stalls.watch import StallWatch
from services.debugcog.units import duration, human
from services.debugcog.wording import counted
from tests.e2e import test_one_truth as one_truth
from tests.e2e.test_one_truth import Readers, chart_text, fields_of, marked, texts, until_measured

readers = one_truth.readers


def block_the_loop() -> None:
    time.sleep(0.9)


def ago(at: float) -> str:
    return f"<t:{round(at)}:R>"


def culprit_lines(rank: int, one: Mapping[str, Any]) -> list[str]:
    """Write what /debug loop shows of who blocked it, out of JSON alone."""
    worst, several = one["worst"], one["count"] > 1
    thread = f" in thread {worst['thread']}" if worst["thread"] else ""
    name = f"`{worst['function']}` ({worst['file']}:{worst['line']}){thread}"
    longest = f", longest {human(worst['seconds'], 's')}" if several else ""
    first = f", first {ago(one['first'])}" if several else ""
    often = f"**{human(one['seconds'], 's')}** in {counted(one['count'], 'stall')}{longest}"
    lines = [
        f"**#{rank}** {name if worst['function'] else 'Unknown: no code was seen in it'}",
        f"{often} · last {ago(one['last'])}{first}",
    ]
    return [*lines, *([f"→ {worst['hint']}"] if worst["hint"] else [])]


async def test_the_event_loop_is_the_same_in_discord_and_on_the_dashboard(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = readers.host.cog.runtime
    await until_measured(readers.host)
    block_the_loop()
    async with asyncio.timeout(30):
        while "block_the_loop" not in {one.function for one in runtime.stalls.stalls(60)}:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.05)
    await readers.freeze(monkeypatch)
    monkeypatch.setattr(StallWatch, "busy", property(lambda self: 12.5))
    still = runtime.publisher.now()
    monkeypatch.setattr(runtime.publisher, "_take", lambda last: still)
    run, embed = await readers.embed("debug loop", picture=True)
    answer = await readers.json("loop?window=1h")
    of, lag = texts(answer), texts(answer["lag"])
    shown = (
        f"p99 **{lag['p99']}**\nmax {lag['maximum']}\np95 {of['p95']}\np50 {of['p50']}\n"
        f"latest {of['last']}"
    )
    reads = answer["lag"]["now"]["value"] is not None
    shown += f"\nalert value **{lag['now']}**" if reads else ""
    assert fields_of(embed) == {
        marked("Lag", answer["lag"]["p99"]): shown,
        "Thresholds": f"warning {of['warning']}\ncritical {of['critical']}",
        "Doing": f"{of['tasks']} tasks\nbusy 12.5% of the last minute",
    }
    assert embed["description"].splitlines() == [
        line for rank, one in enumerate(answer["culprits"], 1) for line in culprit_lines(rank, one)
    ]
    assert run.message
    assert run.message.attachments[0].description == chart_text(answer["chart"])


async def test_the_gateway_is_the_same_in_discord_and_on_the_dashboard(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = readers.host.cog.runtime
    seen = runtime.upkeep.sources
    await until_measured(readers.host)
    seen.connections.lost(None, "closed", 4000)
    seen.connections.lost(None, "unreachable", detail="ClientError")
    limit = Response(429, "POST", "/channels/7/messages", scope="user", retry_after=1.5)
    seen.responses.add(limit)
    await readers.freeze(monkeypatch)
    still, now = runtime.publisher.now(), runtime.sources.clock()
    events, families = seen.connections.events(3600.0), seen.responses.families(3600.0)
    monkeypatch.setattr(runtime.publisher, "_take", lambda last: still)
    monkeypatch.setattr(seen.connections, "events", lambda seconds: events)
    monkeypatch.setattr(seen.responses, "families", lambda seconds: families)
    run, embed = await readers.embed("debug gateway", picture=True)
    answer = await readers.json("gateway?window=1h")
    of, verdict = texts(answer), answer["verdict"]
    (shard,) = answer["shards"]
    total = sum(one["per_minute"] for one in answer["events"])
    counts = [(one["name"], human(one["per_minute"], "")) for one in answer["events"]]
    kinds = [f"`{name}` {count} per minute" for name, count in counts]
    more = len(kinds) - 6
    assert embed["description"].splitlines()[0] == (
        f"{verdict['mark']} **{verdict['text']}:** {'; '.join(verdict['evidence'])}."
    )
    assert fields_of(embed) == {
        marked("Connection", answer["latency"]): f"**{human(shard['latency_ms'], 'ms')}**",
        "Sessions": f"{counted(answer['resumes'], 'resume')}\n"
        f"{counted(answer['identifies'], 'identify', 'identifies')}",
        marked("Identifies left", answer["starts"]): (
            f"**{of['starts']}** of {answer['starts_total']:,}\nreset {ago(answer['starts_reset'])}"
        ),
        marked("Invalid requests", answer["invalid"]): (
            f"**{of['invalid']}** of 10,000\nin 10 minutes"
        ),
        "REST API": f"**{of['failed']}** of {of['answered']} failed\nin the last hour (5xx)",
        "Disconnects": "\n".join(map(disconnect_line, answer["disconnects"])),
        "Rate limits": "\n".join(
            f"**{counted(one['count'], 'time')}** `{one['route']}`: {one['text']}, "
            f"{human(one['seconds'], 's')} to wait · {ago(one['last'])}"
            for one in answer["limits"]
        ),
        "Events": "\n".join(
            (
                f"**{human(total, '')}** per minute, over {duration(answer['events_seconds'])}",
                *kinds[:6],
                *([f"and {counted(more, 'more type')}"] if more > 0 else []),
            )
        ),
    }
    assert [one["code"] for one in answer["disconnects"]] == [None, 4000]
    assert answer["since"] < now
    assert run.message
    assert run.message.attachments[0].description == chart_text(answer["chart"])


def disconnect_line(one: Mapping[str, Any]) -> str:
    code = f" ({one['code']})" if one["code"] is not None else ""
    detail = f": `{one['detail']}`" if one["detail"] else ""
    fix = f" {one['fix']}" if one["fix"] else ""
    times = f"**{counted(one['count'], 'time')}**"
    return f"{times} {one['text']}{code}{detail} · {ago(one['last'])}.{fix}"


class Waiting(commands.Cog):
    """A cog whose loops are found by one word."""

    @tasks.loop(hours=1)
    async def waiting_for_night(self) -> None:
        """Do nothing."""

    @tasks.loop(hours=1)
    async def waiting_for_errors(self) -> None:
        raise ValueError("it came")


@pytest.fixture
async def crowd(readers: Readers) -> AsyncIterator[Waiting]:
    """Tasks of two coroutines, and two loops, all with one word in their names."""
    gate = asyncio.Event()

    async def waiting_for_a_model() -> None:
        await gate.wait()

    async def waiting_for_a_voice() -> None:
        await asyncio.wait_for(gate.wait(), 600)

    several = (waiting_for_a_model(), waiting_for_a_model(), waiting_for_a_voice())
    made = [asyncio.create_task(one) for one in several]
    cog = Waiting()
    await readers.host.add_cog(cog)
    cog.waiting_for_night.start()
    failing = cog.waiting_for_errors.start()
    await asyncio.gather(failing, return_exceptions=True)
    yield cog
    gate.set()
    cog.waiting_for_night.cancel()
    await asyncio.gather(*made)


async def test_tasks_are_the_same_in_discord_and_on_the_dashboard(
    readers: Readers, crowd: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, now = readers.host.cog.runtime.upkeep.watch, time.monotonic() + 60
    await watch.groups()
    monkeypatch.setattr(watch, "_clock", lambda: now)
    run, _ = await readers.embed("debug tasks", find="waiting_for")
    answer = await readers.json("tasks?find=waiting_for")
    assert run.message
    loops, groups = run.message.embeds
    assert loops["description"].splitlines() == [
        (
            f"{one['mark']} `{one['name']}` of cog `Waiting`: "
            + (f"**failed** with `{one['error']}`" if one["state"] == "failed" else "")
            + (f"next run {ago(one['next_run'])}" if one["state"] == "waiting" else "")
            + f" · {one['every']}"
            + (f", {counted(one['iterations'], 'run')}" if one["alive"] else "")
        )
        for one in answer["loops"]
    ]
    assert [one["state"] for one in answer["loops"]] == ["failed", "waiting"]
    lines = []
    for one in answer["rows"]:
        (waits,) = one["waiting"]
        within = f" → `{waits['within']}`" if waits["within"] else ""
        place = f" `{one['place']}`" if one["place"] else ""
        oldest = duration(one["oldest"])
        lines += [
            f"**{one['count']}** `{one['name']}`{place} · oldest ≥ {oldest}",
            f"-# at `{waits['where']}`{within}",
        ]
    assert groups["description"].splitlines() == lines
    assert [one["count"] for one in answer["rows"]] == [2, 1, 1]

    group = await readers.json(f"tasks/{answer['rows'][0]['id']}")
    _, opened = await readers.embed("debug tasks", find="waiting_for_a_model")
    stack = "\n".join(
        f"{'>' if step['own'] else ' '} {step['text']}"
        for step in group["value"]["stacks"][0]["steps"]
    )
    assert f"```py\n{stack}\n```" in opened["description"]


CALL = Call(
    id=1234567890123456789,
    kind="prefix",
    name="ask",
    at=1_800_000_000.0,
    ms=3900.0,
    outcome="failed",
    spans=(
        Span("database_query", "", 60.0, 20.0, False, 0),
        Span("llm_generation", "model=small", 100.0, 3200.0, True, 0),
    ),
    left_out=1,
    services=(
        ServiceSum("database_query", 2, 0, 20.5, 20.0),
        ServiceSum("llm_generation", 1, 1, 3200.0, 3200.0),
    ),
)


async def test_a_trace_is_the_same_in_discord_and_on_the_dashboard(readers: Readers) -> None:
    book = readers.host.cog.runtime.usage.calls.book
    for call in (CALL, replace(CALL, id=CALL.id + 1, name="say", ms=3300.0, outcome="done")):
        book.keep(call)
    run, embed = await readers.embed("debug trace", picture=True, find=str(CALL.id))
    answer = await readers.json(f"traces?find={CALL.id}")
    line, parts = answer["trace"]["line"], answer["trace"]["parts"]
    whole = f"{line['call']['name']} · {human(parts[0]['ms'], 'ms')}"
    assert line["call"]["id"] == str(CALL.id)
    assert embed["title"] == f"Trace · {whole}"
    assert embed["description"].splitlines() == [
        f"**{line['slowest']}**",
        f"<t:{round(line['call']['at'])}:t> `ask`",
        "❌ failed",
        f"{counted(answer['trace']['left_out'], 'shorter part')} not drawn",
    ]
    bars = (
        Bar(
            one["label"],
            one["start_ms"],
            one["ms"],
            one["depth"],
            number == answer["trace"]["slowest"],
            one["failed"],
        )
        for number, one in enumerate(parts)
    )
    assert run.message
    assert run.message.attachments[0].description == alt_text(WaterfallSpec(whole, tuple(bars)))
    _windows, calls = (row["components"][0] for row in run.message.components[:2])
    (option,) = calls["options"]
    (told,) = answer["lines"]
    assert option["description"] == told["slowest"]
    assert (await readers.json("traces"))["total"] == 2
    assert answer["services"] == ["llm_generation", "database_query"][::-1]


async def test_commands_are_the_same_in_discord_and_on_the_dashboard(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = readers.host.cog.runtime
    await until_measured(readers.host)
    for command, seconds in (("ask", 2.5), ("say", 0.2)):
        for _ in range(3):
            runtime.metrics.record("command", 1000 * seconds, command=command)
    at = time.time()
    late = replace(CALL, kind="slash", at=at, outcome="done", spans=(), code_ms=2500.0)
    runtime.usage.calls.book.keep(late)
    await readers.freeze(monkeypatch)
    run, embed = await readers.embed("debug commands", picture=True)
    answer = await readers.json("commands?window=1h")
    (troubled,) = answer["troubled"]
    assert embed["description"].splitlines()[:3] == [
        "**1 near Discord's limit of 3 s**",
        f"⚠️ <t:{round(troubled['at'])}:t> `{troubled['name']}`",
        f"acknowledged after {troubled['acknowledged']['text']}: {troubled['reason']}",
    ]
    assert run.message
    options = run.message.components[1]["components"][0]["options"]
    assert {one["label"]: one["description"] for one in options} == {
        row["name"]: f"{row['calls']['text']} calls · p95 {row['p95']['text']}"
        for row in answer["rows"]
    }
    assert [row["name"] for row in answer["rows"]] == ["ask", "say"]
    assert run.message.attachments[0].description == chart_text(answer["chart"])
    _, one = await readers.embed("debug commands", picture=True, find="ask")
    details = (await readers.json("commands?find=ask"))["details"]
    assert details["row"]["p95"]["text"] in str(one)
    assert [call["id"] for call in details["slowest"]] == [str(late.id)]
