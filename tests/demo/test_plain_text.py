"""What a terminal shows of Discord's markdown."""

from __future__ import annotations

import datetime as dt

import pytest

from demo.plain_text import plain, relative

NOW = 1_800_000_000.0
NAMES = {7: "alerts", 8: "mia", 9: "On call"}


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("avg **757 ms**", "avg 757 ms"),
        ("**#1 `memory`** 1.5 GB", "#1 memory 1.5 GB"),
        (
            "*slanted* _too_ __under__ ~~gone~~ ||secret|| ***both***",
            "slanted too under gone secret both",
        ),
        ("a snake_case_name and 3 * 4 * 5", "a snake_case_name and 3 * 4 * 5"),
        (r"\*not bold\* and \`code\`", "*not bold* and `code`"),
        ("`<t:1:R> **as it is**`", "<t:1:R> **as it is**"),
        ("```py\nraise **kwargs\n```\nafter", "raise **kwargs\nafter"),
        ("``a ` b``", "a ` b"),
        ("<#7> <@8> <@!8> <@&9> <@&1>", "#alerts @mia @mia @On call @unknown"),
        ("</debug alerts:123> <:ok:456> <a:spin:457>", "/debug alerts :ok: :spin:"),
        ("[see **it**](https://example.org/a?b=c)", "see it (https://example.org/a?b=c)"),
        ("# Title\n-# small\n#hash", "Title\nsmall\n#hash"),
        ("goes back <t:1800000300:R>", "goes back in 5 minutes"),
        ("**since <t:1799999940:R>**", "since 1 minute ago"),
        ("<t:not a time> <a> 1 < 2 > 0 **", "<t:not a time> <a> 1 < 2 > 0 **"),
    ],
)
def test_markdown_becomes_what_a_person_reads(markdown: str, shown: str) -> None:
    assert plain(markdown, NAMES, NOW) == shown


@pytest.mark.parametrize(
    ("style", "format"),
    [
        (":t", "%H:%M"),
        (":T", "%H:%M:%S"),
        (":d", "%d/%m/%Y"),
        (":D", "%d %B %Y"),
        (":f", "%d %B %Y %H:%M"),
        ("", "%d %B %Y %H:%M"),
        (":F", "%A, %d %B %Y %H:%M"),
    ],
)
def test_a_timestamp_is_written_in_this_machines_time(style: str, format: str) -> None:  # noqa: A002 - strftime's word
    local = dt.datetime.fromtimestamp(NOW, dt.UTC).astimezone()
    assert plain(f"<t:1800000000{style}>", {}, NOW) == local.strftime(format)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.3, "now"),
        (1, "in 1 second"),
        (-45, "45 seconds ago"),
        (-90, "2 minutes ago"),
        (3600, "in 1 hour"),
        (-3 * 86_400, "3 days ago"),
        (61 * 86_400, "in 2 months"),
        (-800 * 86_400, "2 years ago"),
    ],
)
def test_a_span_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert relative(seconds) == words
