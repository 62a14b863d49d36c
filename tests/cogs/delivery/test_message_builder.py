"""A claim becomes a message in the form that Discord has not refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.debug.delivery.hidden_nonce import ONE, ZERO, found
from cogs.debug.delivery.message_builder import MessageBuilder, Outgoing
from cogs.debug.features.alerts.actions import OpenIncident
from cogs.debug.features.alerts.breach_chart import ChartSource
from cogs.debug.features.alerts.incident_card import AlertReplies
from cogs.debug.ui import chart_attachment
from cogs.debug.ui.chart_attachment import ChartAttachments
from cogs.debug.ui.reply import Attachment, Button, Reply
from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.incidents import Incident, encode
from services.debugcog.alerting.rules import Severity
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.charting.picture_spec import Picture
from services.debugcog.charting.worker import ChartError
from services.debugcog.outbox.dispatch import Claim

NOW = 1_800_000_000.0
CHART = ChartSpec("Memory", "MB", (), (), (), NOW - 3600, NOW)
ROLE = 77
NONCE = "0123456789"


def render(kind: str, body: str) -> Reply:
    embed = discord.Embed(title="Memory", description="**2 GB**", colour=1)
    embed.add_field(name="Worst", value="hunter2")
    embed.set_footer(text="Incident 1")
    return Reply(
        embeds=(embed,),
        controls=(Button("Details", OpenIncident(1)),),
        chart=CHART,
        files=(Attachment("trace.txt", b"trace"),),
    )


def claim(level: int = 0, kind: str = "open", *, urgent: bool = False, body: str = "") -> Claim:
    return Claim(
        id=1,
        subject="incident:1",
        kind=kind,
        urgent=urgent,
        title="Incident 1 · critical · Memory",
        body=body,
        nonce=f"{NONCE}{level}",
        fallback_level=level,
        attempts=1,
        channel_id=5,
        card_id=None,
    )


async def picture(spec: Picture) -> bytes:
    return b"png"


async def no_picture(spec: Picture) -> bytes:
    raise ChartError("busy")


def composer(draw: Callable[[Picture], Awaitable[bytes]] = picture) -> MessageBuilder:
    def redact(text: str) -> str:
        return text.replace("hunter2", "[redacted]")

    return MessageBuilder({"incident": render}, ChartAttachments(draw, 0.01), redact, ROLE)


def seen(text: str) -> str:
    """Return what of a text has a width."""
    return text.replace(ZERO, "").replace(ONE, "")


def builder(renderer: Callable[[str, str], Reply]) -> MessageBuilder:
    return MessageBuilder({"incident": renderer}, ChartAttachments(picture), str, ROLE)


async def test_a_message_without_buttons_has_its_nonce_where_nobody_sees_it() -> None:
    bare = await builder(lambda *_: replace(render("open", ""), controls=())).build(claim())
    footer = bare.embeds[0].footer.text or ""
    assert (seen(footer), bare.tag) == ("Incident 1", "")
    assert f"{NONCE}0" in found(footer)


async def test_the_full_form_has_everything_and_its_chart() -> None:
    message = await composer().build(claim())
    (embed,) = message.embeds
    assert (embed.title, embed.description) == ("Memory", "**2 GB**")
    assert [field.value for field in embed.fields] == ["[redacted]"]
    assert (embed.footer.text, message.tag) == ("Incident 1", f"{NONCE}0")
    assert embed.image.url == "attachment://chart.png"
    assert [file.name for file in message.files] == ["trace.txt", "chart.png"]
    assert message.files[1].description.startswith("Memory, ")
    assert message.controls == (Button("Details", OpenIncident(1)),)


async def test_a_chart_that_cannot_be_drawn_does_not_delay_the_alert() -> None:
    message = await composer(no_picture).build(claim())
    assert [file.name for file in message.files] == ["trace.txt"]
    assert message.embeds[0].image.url is None


class Slow:
    """Draws as soon as it may."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.drawings = 0

    async def draw(self, spec: Picture) -> bytes:
        self.drawings += 1
        await self.may.wait()
        return b"png"


def files(message: Outgoing) -> list[str]:
    return [file.name for file in message.files]


async def test_a_message_whose_picture_is_late_goes_without_and_says_so() -> None:
    message = await composer(Slow().draw).build(claim())
    assert (files(message), message.late) == (["trace.txt"], True)
    assert message.embeds[0].image.url is None
    assert message.embeds[0].footer.text == "Incident 1 · drawing the chart …"


async def test_a_late_picture_of_an_edit_is_there_for_its_next_attempt() -> None:
    slow = Slow()
    slow_composer = composer(slow.draw)
    for _ in range(3):
        assert (await slow_composer.build(claim(kind="edit"))).late
    slow.may.set()
    message = await slow_composer.build(claim(kind="edit"))
    assert (files(message), message.late) == (["trace.txt", "chart.png"], False)
    assert slow.drawings == 1


async def test_an_edit_does_not_wait_for_its_picture_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow_composer = composer(Slow().draw)
    assert (await slow_composer.build(claim(kind="edit"))).late
    monkeypatch.setattr(chart_attachment, "EDIT_SECONDS", 0.0)
    message = await slow_composer.build(claim(kind="edit"))
    assert (files(message), message.late) == (["trace.txt"], False)


async def test_a_second_attempt_may_be_answered_with_the_message_of_the_first() -> None:
    again = await composer().build(replace(claim(), attempts=2))
    assert (files(again), again.late) == (["trace.txt", "chart.png"], True)
    edited = await composer().build(replace(claim(kind="edit"), attempts=2))
    assert not edited.late


async def test_the_second_form_has_neither_files_nor_fields() -> None:
    message = await composer().build(claim(level=1))
    (embed,) = message.embeds
    assert (embed.title, embed.fields, message.files) == ("Memory", [], ())
    assert (embed.footer.text, message.tag) == ("Incident 1", f"{NONCE}1")


async def test_the_third_form_is_a_short_text() -> None:
    message = await composer().build(claim(level=2))
    assert replace(message, content=seen(message.content)) == Outgoing(
        "Memory\n**2 GB**\nIncident 1"
    )
    assert f"{NONCE}2" in found(message.content)


async def test_the_last_form_is_the_title() -> None:
    message = await composer().build(claim(level=3))
    assert replace(message, content=seen(message.content)) == Outgoing(
        "Incident 1 · critical · Memory"
    )
    assert f"{NONCE}3" in found(message.content)


async def test_the_title_of_the_last_form_marks_nothing_up_and_calls_nobody() -> None:
    hostile = replace(claim(level=3), title="ERROR @everyone `x` [y](https://z.test) \u202epy_tts_")
    message = await composer().build(hostile)
    shown = "ERROR @everyone \u02cbx\u02cb \\[y](https\\://z.test) py_tts\\_"
    assert seen(message.content) == shown
    assert "@\u200beveryone" in message.content


@pytest.mark.parametrize("level", [0, 3])
async def test_a_critical_message_mentions_the_role_in_its_content(level: int) -> None:
    message = await composer().build(claim(level, urgent=True))
    assert message.content.endswith(f"<@&{ROLE}>")
    assert message.role_id == ROLE


async def test_the_mention_comes_after_the_sentence_in_the_same_line() -> None:
    reply = replace(render("open", ""), content="🔴 Memory 2 GB")
    message = await builder(lambda *_: reply).build(claim(urgent=True))
    assert message.content == f"🔴 Memory 2 GB · <@&{ROLE}>"
    edited = await builder(lambda *_: reply).build(claim(kind="show", urgent=True))
    assert (edited.content, edited.role_id) == ("🔴 Memory 2 GB", None)


@pytest.mark.parametrize("kind", ["edit", "restore", "show"])
async def test_an_edit_mentions_nobody(kind: str) -> None:
    message = await composer().build(claim(kind=kind, urgent=True))
    assert (message.content, message.role_id) == ("", None)


def incident(text: str, value: float) -> Incident:
    return Incident(
        rule="memory",
        title=text,
        unit=text[:5],
        severity=Severity.CRITICAL,
        peak=Severity.CRITICAL,
        value=value,
        worst=value,
        warning=1.0,
        critical=2.0,
        since=NOW,
        opened=NOW,
        id=2**40,
        recent=(RecentChange(NOW, text),) * 5,
        flaps=12,
        reopened=3,
        acked=Severity.CRITICAL,
        acked_by=text,
        silenced_until=NOW,
    )


@given(
    st.text(max_size=3000) | st.sampled_from(["@everyone <@1> <@&2>", "```", "a```b`" * 500]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 3),
    st.sampled_from(["open", "reply", "show"]),
)
async def test_any_text_and_value_make_a_message_within_discords_limits(
    text: str, value: float, level: int, kind: str
) -> None:
    replies = AlertReplies(ChartSource(lambda *_: (), lambda _: None), lambda: NOW)
    body = json.dumps({"event": "escalated", "incident": encode(incident(text, value))})
    made = MessageBuilder({"incident": replies.incident}, ChartAttachments(picture), str, ROLE)
    told = replace(claim(level, kind, urgent=True, body=body), title=text)
    message = await made.build(told)
    assert len(message.content) <= 2000
    assert "@everyone" not in message.content
    assert "<@1>" not in message.content
    assert message.content.count("```") % 2 == 0
    for embed in message.embeds:
        assert len(embed) <= 6000
        assert 1 <= len(embed.title or "") <= 256
        assert 1 <= len(embed.description or "") <= 4096
        assert len(embed.fields) <= 25
        assert all(1 <= len(str(field.value).strip()) <= 1024 for field in embed.fields)
        assert len(embed.footer.text or "") <= 2048
