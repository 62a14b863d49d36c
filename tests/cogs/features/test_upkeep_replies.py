"""Replies of /debug tasks, gateway and diagnose: within Discord's limits, whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.debug.features.diagnose.reply import diagnosis_reply
from cogs.debug.features.gateway.reply import gateway_reply
from cogs.debug.features.tasks.group_card import FILE_MAX, group_reply
from cogs.debug.features.tasks.loop_card import loop_done, loop_question, loop_reply
from cogs.debug.features.tasks.reply import tasks_reply
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    EMBEDS_TOTAL_MAX,
    FIELD_NAME_MAX,
    FIELD_VALUE_MAX,
    FIELDS_MAX,
    OPTIONS_MAX,
    TITLE_MAX,
    Button,
    Menu,
    Reply,
)
from cogs.debug.ui.views import view_of
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.gateway import DisconnectRow, EventRow, GatewayAnswer, LimitRow
from services.debugcog.answers.gateway_verdict import Verdict
from services.debugcog.answers.published import Shard
from services.debugcog.answers.tasks import (
    GroupAnswer,
    TaskRow,
    TasksAnswer,
    TaskStack,
    Waiting,
    Where,
)
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.diagnosis.findings import Finding
from services.debugcog.diagnosis.runner import Report
from services.debugcog.gateway.status_page import Status
from services.debugcog.tasks.groups import Growth
from services.debugcog.tasks.loop_row import STATES, LoopRow, LoopState

NOW = 1_800_000_000.0
HOSTILE = "`@everyone` <@1> **[x](http://y)** \u202eevil\n# big ```py\x00" + "x" * 3000
CHART = ChartSpec("Gateway latency", "ms", (), (), (), NOW - 3600, NOW)


def fits(reply: Reply) -> bool:
    """Check a reply against Discord's limits, and that nothing in it mentions or steers."""
    total = 0
    for embed in reply.embeds:
        assert len(embed.title or "") <= TITLE_MAX
        assert len(embed.description or "") <= DESCRIPTION_MAX
        assert len(embed.fields) <= FIELDS_MAX
        for field in embed.fields:
            assert 0 < len(field.name or "") <= FIELD_NAME_MAX
            assert 0 < len(field.value or "") <= FIELD_VALUE_MAX
        total += len(embed)
    assert total <= EMBEDS_TOTAL_MAX
    menus = [one for one in reply.controls if isinstance(one, Menu)]
    assert all(len(menu.options) <= OPTIONS_MAX for menu in menus)
    view_of(reply.controls)  # discord.py refuses more than 5 rows
    shown = "\n".join([reply.content, *map(str, (one.to_dict() for one in reply.embeds))])
    assert "@everyone" not in shown
    assert "<@1>" not in shown
    assert "\u202e" not in shown
    return True


def loop(number: int, state: LoopState = "waiting", text: str = HOSTILE) -> LoopRow:
    return LoopRow(
        key=f"key{number}",
        name=f"{number}{text}",
        owner=f"cog {text}",
        state=state,
        every="every 5 min",
        iterations=10**9,
        next_run=NOW,
        late=10**7,
        error=text,
        error_id="E-7K3Q9D",
        error_at=NOW,
        alive=True,
    )


def row(number: int, text: str = HOSTILE) -> TaskRow:
    waiting = tuple(Waiting(20, f"{text}{place}", text) for place in range(5))
    return TaskRow(f"id{number}", text, text, 10**6, 10**7, Growth(10**6, 10**6), waiting)


def answers(text: str, count: int) -> Iterator[Reply]:
    loops = tuple(loop(number, STATES[number % 8], text) for number in range(count))
    rows = tuple(row(number, text) for number in range(min(count, 8)))
    yield tasks_reply(TasksAnswer(rows, 2, 9, 99, 10**6, 99, loops), text[:50])
    for one in loops[:8]:
        yield loop_reply(one)
        yield loop_question(one, "restart")
        yield loop_done(one, "cancel", is_done=False)
        yield loop_done(one, "cancel", is_done=True)
    steps = tuple(Where(text, own=number % 2 == 0) for number in range(60))
    if rows:
        stacks = tuple(TaskStack(1.0, steps) for _ in range(100))
        yield group_reply(GroupAnswer(rows[0], stacks, 900), str)
    findings = tuple(
        ("Check", Finding(Severity(number % 3), "Title", (text,) * 30, "Fix it."))
        for number in range(count)
    )
    names = tuple(map(str, range(count)))
    report = Report(findings, names, (("Clock", text),) * (count and 2))
    for page in (1, 2, 10**6):
        yield diagnosis_reply(report, NOW, page, str)
    yield gateway_reply(gateway(text, count), Status(text, (text,) * 3))


def gateway(text: str, count: int) -> GatewayAnswer:
    return GatewayAnswer(
        window="1h",
        since=NOW,
        shards=tuple(
            Shard(number, 1e5, 1e6 if number % 2 else None) for number in range(count + 1)
        ),
        latency=Figure(50.0, "ms", Severity.OK),
        resumes=10**6,
        identifies=1,
        disconnects=tuple(
            DisconnectRow(4000, "text", "Fix.", False, 9, NOW, tuple(range(99)), text)
            for _ in range(count)
        ),
        starts=Figure(1),
        starts_total=1000,
        starts_reset=NOW,
        invalid=Figure(3),
        events=tuple(EventRow(text, 10**9, 1e6) for _ in range(count)),
        events_seconds=60.0,
        limits=tuple(LimitRow("route", text, 9, 1e6, NOW) for _ in range(count)),
        failed=Figure(1),
        answered=Figure(2),
        verdict=Verdict("both", ("it is so",) * 9),
        chart=CHART,
    )


@pytest.mark.parametrize("count", [0, 1, 100])
def test_replies_stay_within_the_limits_and_mark_nothing_up(count: int) -> None:
    assert all(fits(reply) for reply in answers(HOSTILE, count))


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.strip()))
def test_replies_hold_any_text(text: str) -> None:
    assert all(reply.embeds or reply.content for reply in answers(text, 3))


def test_the_stacks_of_a_group_are_in_a_file_of_bounded_size_and_redacted() -> None:
    steps = tuple(Where("s3cr3t" + "x" * 2000, own=True) for _ in range(60))
    answer = GroupAnswer(row(1), tuple(TaskStack(1.0, steps) for _ in range(100)), 5)
    reply = group_reply(answer, lambda text: text.replace("s3cr3t", "*****"))
    (file,) = reply.files
    assert len(file.content) == FILE_MAX
    assert b"s3cr3t" not in file.content


def test_code_in_the_evidence_is_shown_as_code() -> None:
    finding = Finding(Severity.WARNING, "Blocked", ("`time.sleep`; use *this* `x", "``"), "Fix it.")
    reply = diagnosis_reply(Report((("Event loop", finding),), (), ()), NOW, 1, str)
    assert reply.embeds[0].description == (
        "⚠️ **Blocked**\n-# `time.sleep`; use \\*this\\* `x`\n-# ?\nFix: Fix it."
    )


def test_what_cannot_be_told_is_no_pass_and_no_fault() -> None:
    reply = diagnosis_reply(Report((), ("Disk",), (("Clock", "no answer"),)), NOW, 1, str)
    (embed,) = reply.embeds
    assert embed.title == "Diagnosis · nothing found"
    assert embed.description == (
        "❔ **Clock**: not known, no answer\n✅ 1 other check passed\n-# Disk"
    )
    assert [one.label for one in reply.controls if isinstance(one, Button)] == ["Check again"]
