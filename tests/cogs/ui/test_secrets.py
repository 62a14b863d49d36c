"""The second gate: no text of a reply, a form or a choice is sent without being redacted."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import discord

from cogs.debug.features.alerts.actions import AskThresholds, OpenRule
from cogs.debug.ui.reply import Attachment, Button, Form, Input, Menu, Option, Reply
from cogs.debug.ui.secrets import choices, clean_form, clean_reply
from services.debugcog.charting.chart_spec import ChartSpec, Line, Threshold
from services.debugcog.redaction.redactor import Redactor

SECRET = "q8Zk3wTr5yB9nM2x"
REDACT = Redactor({"API_KEY": SECRET})
NOW = 1_800_000_000.0


def embed() -> discord.Embed:
    made = discord.Embed(title=f"t {SECRET}", description=f"d {SECRET}", url=f"https://x/{SECRET}")
    made.add_field(name=f"n {SECRET}", value=f"v {SECRET}")
    made.set_footer(text=f"f {SECRET}").set_author(name=f"a {SECRET}")
    return made


def reply() -> Reply:
    chart = ChartSpec(
        title=f"c {SECRET}",
        unit="ms",
        lines=(Line(f"l {SECRET}", ((NOW, 1.0),)),),
        thresholds=(Threshold(f"h {SECRET}", 2.0, "warning"),),
        spans=(),
        start=NOW - 60,
        end=NOW,
    )
    option = Option(f"o {SECRET}", OpenRule("queue"), f"e {SECRET}")
    return Reply(
        embeds=(embed(),),
        content=f"s {SECRET}",
        controls=(Button(f"b {SECRET}", OpenRule("queue")), Menu(f"p {SECRET}", (option,))),
        chart=chart,
        files=(Attachment(f"{SECRET}.txt", b"x", f"y {SECRET}"),),
    )


def texts(thing: object) -> Iterator[str]:
    """Yield every text in a frozen thing."""
    if isinstance(thing, str):
        yield thing
    for value in parts(thing):
        yield from texts(value)


def parts(thing: object) -> list[object]:
    if isinstance(thing, discord.Embed):
        return list(thing.to_dict().values())
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, (list, tuple)):
        return list(thing)
    if dataclasses.is_dataclass(thing):
        return [getattr(thing, field.name) for field in dataclasses.fields(thing)]
    return []


def test_every_text_of_a_reply_is_redacted_and_all_else_stays() -> None:
    clean = clean_reply(reply(), REDACT)

    assert sum(SECRET in text for text in texts(reply())) == 17
    assert [text for text in texts(clean) if SECRET in text] == []
    assert sum("[redacted]" in text for text in texts(clean)) == 17
    assert clean.files[0].content == b"x"
    button, menu = clean.controls
    assert isinstance(button, Button)
    assert isinstance(menu, Menu)
    assert button.action == menu.options[0].action == OpenRule("queue")


def test_every_text_of_a_form_is_redacted() -> None:
    form = Form(f"t {SECRET}", AskThresholds("queue"), (Input("warning", f"l {SECRET}", SECRET),))

    assert [text for text in texts(clean_form(form, REDACT)) if SECRET in text] == []


def test_a_choice_is_one_visible_line_without_a_secret() -> None:
    names = [
        (f"Rule: Queue of {SECRET}", "queue"),
        ("a\u202eb\x00c\nd\ud800", "odd"),
        ("x" * 150, "long"),
        ("\u200b", "empty"),
        ("by its value", f"host.{SECRET}"),
        ("by its odd value", "a\x1bb"),
        ("by its long value", "x" * 101),
    ]

    made = [(choice.name, choice.value) for choice in choices(names, REDACT)]

    assert made == [
        ("Rule: Queue of [redacted]", "queue"),
        ("abc d\ufffd", "odd"),
        ("x" * 99 + "…", "long"),
        ("?", "empty"),
    ]


def test_an_option_is_one_visible_line_and_never_empty() -> None:
    options = (
        Option("a\u202eb\nc", OpenRule("x"), "here\u202e\n  and there"),
        Option("\u200b", OpenRule("y"), "\u200b"),
    )

    (menu,) = clean_reply(Reply(controls=(Menu("Choose", options),)), REDACT).controls

    assert isinstance(menu, Menu)
    assert [(one.label, one.description) for one in menu.options] == [
        ("ab c", "here and there"),
        ("?", None),
    ]
