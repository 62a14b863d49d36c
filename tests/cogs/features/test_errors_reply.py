"""Cards of error groups: what they say, within Discord's limits, whatever the exception says."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.debug.features.errors.actions import ErrorPage, OpenError
from cogs.debug.features.errors.controls import controls
from cogs.debug.features.errors.reply import (
    FILE_BYTES_MAX,
    card,
    details,
    digest,
    group_post,
    listing,
)
from cogs.debug.features.errors.traceback_block import shortened
from cogs.debug.ui.actions import CUSTOM_ID_MAX, custom_id
from cogs.debug.ui.escaping import block, inline, plain
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    EMBEDS_TOTAL_MAX,
    FIELD_NAME_MAX,
    FIELD_VALUE_MAX,
    FIELDS_MAX,
    LABEL_MAX,
    OPTION_TEXT_MAX,
    TITLE_MAX,
    Button,
    Menu,
    Reply,
)
from services.debugcog.errors.records import Context, ErrorEvent, ErrorGroup

NOW = 1_800_000_000.0
CONTEXT = Context("command", "ask", "Chat", 0, 11, 22, "host", "Home", 33, 44)
EVENT = ErrorEvent(
    id="E-7K3Q9D",
    at=NOW,
    type="KeyError",
    message="'v'",
    traceback="Traceback (most recent call last):\n  File \"x.py\", line 1, in f\nKeyError: 'v'",
    where="services/tts.py:45 in generate",
    fingerprint="1a2b3c4d" + "0" * 56,
    context=CONTEXT,
    release="1.2",
    breadcrumbs=("16:10:11 [INFO] host: asked",),
)
GROUP = ErrorGroup(
    fingerprint=EVENT.fingerprint,
    type="KeyError",
    where=EVENT.where,
    first_seen=NOW - 60,
    last_seen=NOW,
    count=17,
    hours=((int(NOW // 3600), 17),),
    event=EVENT,
)


def texts(reply: Reply) -> list[str]:
    """List every text of a reply that Discord shows."""
    found = [reply.content]
    for embed in reply.embeds:
        found += [embed.title or "", embed.description or "", embed.footer.text or ""]
        found += [text for field in embed.fields for text in (field.name or "", field.value or "")]
    for control in reply.controls:
        if isinstance(control, Button):
            found.append(control.label)
        else:
            found += [control.placeholder, *(option.label for option in control.options)]
    return found


def check_limits(reply: Reply) -> None:
    """Hold a reply against the limits of Discord."""
    assert sum(len(embed) for embed in reply.embeds) <= EMBEDS_TOTAL_MAX
    for embed in reply.embeds:
        assert len(embed.title or "") <= TITLE_MAX
        assert len(embed.description or "") <= DESCRIPTION_MAX
        assert len(embed.fields) <= FIELDS_MAX
        for field in embed.fields:
            assert 0 < len((field.name or "").strip()) <= FIELD_NAME_MAX
            assert 0 < len((field.value or "").strip()) <= FIELD_VALUE_MAX
    for control in reply.controls:
        if isinstance(control, Button):
            assert len(control.label) <= LABEL_MAX
            assert len(custom_id(control.action)) < CUSTOM_ID_MAX
            continue
        assert 1 <= len(control.options) <= 25
        for option in control.options:
            assert 1 <= len(option.label) <= OPTION_TEXT_MAX
            assert option.description is None or 1 <= len(option.description) <= OPTION_TEXT_MAX
    for file in reply.files:
        assert len(file.content) <= FILE_BYTES_MAX


def test_a_card_says_what_where_how_often_and_since_when() -> None:
    reply = card(GROUP, NOW)

    (embed,) = reply.embeds
    assert {**embed.to_dict(), "flags": 0} == {
        "flags": 0,
        "type": "rich",
        "title": "🔴 New error: KeyError: 'v'",
        "color": 0xF23F43,
        "description": f"```py\n{EVENT.traceback}\n```",
        "fields": [
            {"name": name, "value": value, "inline": inline}
            for name, value, inline in (
                ("Where", "`services/tts.py:45 in generate`", False),
                ("Count", "17 times · 17 per hour", True),
                ("First seen", "<t:1799999940:R>", True),
                ("Last seen", "<t:1800000000:R>", True),
                ("Command", "`ask`", False),
                (
                    "User and server",
                    (
                        "<@22> · [Home](https://discord.com/channels/11)"
                        " · [message](https://discord.com/channels/11/33/44)"
                    ),
                    False,
                ),
                ("Cog", "`Chat`", True),
                ("Shard", "`0`", True),
                ("Logger", "`host`", False),
                ("Release", "`1.2`", True),
            )
        ],
        "footer": {"text": "Error group 1a2b3c4d · E-7K3Q9D"},
    }
    (file,) = reply.files
    assert (file.name, file.content.decode()) == ("E-7K3Q9D.txt", EVENT.traceback)
    assert [button.label for button in controls(GROUP)] == ["Details", "Mute 24 h", "Resolve"]


@pytest.mark.parametrize(
    ("group", "title", "labels"),
    [
        (
            replace(GROUP, state="muted", muted_until=NOW + 60),
            "🔕 Muted: KeyError: 'v'",
            ["Details", "Unmute", "Resolve"],
        ),
        (
            replace(GROUP, state="resolved", resolved_in="1.2"),
            "✅ Resolved: KeyError: 'v'",
            ["Details", "Mute 24 h", "Reopen"],
        ),
        (
            replace(GROUP, state="regressed"),
            "🔴 Back after it was resolved: KeyError: 'v'",
            ["Details", "Mute 24 h", "Resolve"],
        ),
    ],
)
def test_a_card_shows_its_state(group: ErrorGroup, title: str, labels: list[str]) -> None:
    reply = card(group, NOW)

    assert reply.embeds[0].title == title
    assert [button.label for button in controls(group)] == labels


def test_without_details_it_says_why_and_without_a_traceback_it_shows_the_message() -> None:
    bare = card(replace(GROUP, event=None), NOW)
    short = card(replace(GROUP, event=replace(EVENT, traceback="")), NOW)

    assert bare.embeds[0].description == (
        "Too many errors at a time: the details of this one were not captured."
    )
    assert short.embeds[0].description == "```py\n'v'\n```"
    assert (bare.files, short.files) == ((), ())


def test_details_add_the_log_lines_before_the_error() -> None:
    reply = details(GROUP, NOW)

    assert [embed.title for embed in reply.embeds] == [
        "🔴 New error: KeyError: 'v'",
        "Log lines before it",
    ]
    assert reply.embeds[1].description == "```py\n16:10:11 [INFO] host: asked\n```"


def test_a_post_is_the_card_or_a_short_answer_to_it() -> None:
    body = json.dumps({"news": "escalating", "group": asdict(GROUP)})

    assert group_post("edit", body) == card(GROUP, NOW, "escalating")
    answer = group_post("reply", body)
    assert answer.embeds[0].title == "🔴 Many more than before: KeyError: 'v'"
    assert answer.content == (
        "🔴 Many more than before: KeyError: 'v' · services/tts.py:45 · 17 times"
    )
    assert answer.controls == (Button("Details", OpenError("1a2b3c4d")),)


def test_the_list_has_a_menu_that_opens_a_group() -> None:
    reply = listing([replace(GROUP, fingerprint="f" * 64, count=1, state="resolved"), GROUP], NOW)

    (embed,) = reply.embeds
    assert embed.title == "Errors · 2 groups, worst first"
    assert (embed.description or "").split("\n") == [
        "🔴 **KeyError: 'v'**",
        "17 times · 17 per hour · `services/tts.py:45` · <t:1800000000:R> · `1a2b3c4d`",
        "✅ **KeyError: 'v'**",
        "1 time · `services/tts.py:45` · <t:1800000000:R> · `ffffffff`",
    ]
    assert embed.colour == discord.Colour(0xF23F43)
    assert listing([], NOW).embeds[0].description == "No errors so far."


def test_a_long_list_says_how_many_there_are_and_has_buttons_to_the_others() -> None:
    groups = [replace(GROUP, fingerprint=f"{number:064x}") for number in range(15)]

    reply = listing(groups, NOW, "open", "voice", page=2, total=31)

    (embed,) = reply.embeds
    assert embed.title == "Errors · 31 open groups, worst first · voice"
    assert embed.footer.text == "Page 2 of 3"
    assert reply.controls[2:] == (
        Button("◀ Back", ErrorPage("voice", "open", 1), disabled=False),
        Button("More ▶", ErrorPage("voice", "open", 3), disabled=False),
        Button("Refresh", ErrorPage("voice", "open", 2)),
    )
    single = listing([GROUP], NOW)
    assert (single.embeds[0].footer.text, single.controls[2:]) == (
        None,
        (Button("Refresh", ErrorPage("", "all", 1)),),
    )
    too_long_for_a_button = listing(groups, NOW, found_by="x" * 61, total=31)
    assert [type(one) for one in too_long_for_a_button.controls] == [Menu, Menu]


def test_groups_that_find_no_room_in_the_text_are_in_the_menu() -> None:
    long = replace(GROUP, type="*" * 200)

    reply = listing([long] * 15, NOW)

    text = reply.embeds[0].description or ""
    assert text.count("🔴") == 12
    assert text.endswith("\n-# and 3 more, in the menu below")
    menu = reply.controls[0]
    assert isinstance(menu, Menu)
    assert len(menu.options) == 15


def test_the_list_shows_groups_of_some_states_when_asked() -> None:
    reply = listing([replace(GROUP, state="muted", muted_until=NOW)], NOW, "muted")
    assert reply.embeds[0].title == "Errors · 1 muted group"
    menu = reply.controls[1]
    assert isinstance(menu, Menu)
    assert [(one.label, one.action.argument, one.chosen) for one in menu.options] == [
        ("All", "all", False),
        ("Open", "open", False),
        ("Muted", "muted", True),
        ("Resolved", "resolved", False),
    ]
    nothing = listing([], NOW, "resolved")
    assert nothing.embeds[0].description == "No error group is resolved."
    assert [type(one) for one in nothing.controls] == [Menu]


@pytest.mark.parametrize(
    ("group", "release", "labels"),
    [
        (GROUP, "", ["Resolve", "Refresh", "All errors", "Mute for …"]),
        (
            GROUP,
            "1.2",
            ["Resolve", "Resolve in next release", "Refresh", "All errors", "Mute for …"],
        ),
        (
            replace(GROUP, state="resolved"),
            "1.2",
            ["Reopen", "Refresh", "All errors", "Mute for …"],
        ),
        (
            replace(GROUP, state="muted", muted_until=NOW),
            "",
            ["Resolve", "Unmute", "Refresh", "All errors", "Mute for …"],
        ),
    ],
)
def test_who_opens_a_group_is_offered_all_that_can_be_done(
    group: ErrorGroup, release: str, labels: list[str]
) -> None:
    found = details(group, NOW, release).controls
    assert [one.label if isinstance(one, Button) else one.placeholder for one in found] == labels


def test_a_digest_names_the_groups_with_the_most_errors() -> None:
    body = {"digest": 3, "groups": 1_200, "events": 20_000, "top": [asdict(GROUP)]}

    (embed,) = digest("open", json.dumps(body)).embeds

    assert embed.title == "🔴 Error storm: 1,200 groups, 20,000 errors"
    assert (embed.description or "").startswith("🔴 **KeyError: 'v'**")
    assert embed.footer.text == "Digest 3 · /debug errors lists every group"


def test_a_long_traceback_keeps_its_first_five_and_last_twenty_lines() -> None:
    lines = [f"line {number}" for number in range(100)]

    assert shortened("\n".join(lines), 2_000).split("\n") == [
        *lines[:5],
        "  [… 75 lines left out …]",
        *lines[80:],
    ]
    assert shortened("\n".join(lines[:25]), 2_000) == "\n".join(lines[:25])


@given(
    lines=st.lists(st.text(st.characters(exclude_characters="\n\r"), max_size=400), max_size=60),
    final=st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=3_000),
)
def test_a_shortened_traceback_fits_and_ends_in_its_final_line(
    lines: list[str], final: str
) -> None:
    short = shortened("\n".join([*lines, final]), 2_000)

    assert len(short) <= 2_000
    assert short.split("\n")[-1][:900] == final[:900]


HOSTILE = st.text(st.sampled_from("`@<>#&!*_[]()\n\r\t \x00\x1b\u202e\u2066\u200b\ud800ae1:/é")) | (
    st.sampled_from(
        ["@everyone", "<@&1>", "```", "``", "<#12>", "x" * 7_000, "\n" * 500, "😀" * 999]
    )
)


@given(
    values=st.tuples(*[st.lists(HOSTILE, max_size=4).map("".join)] * 7),
    state=st.sampled_from(["new", "ongoing", "regressed", "resolved", "muted"]),
)
def test_any_text_gives_replies_that_discord_takes_without_a_mention(
    values: tuple[str, ...], state: str
) -> None:
    kind, message, trace, where, name, crumb, release = values
    event = replace(
        EVENT,
        type=kind,
        message=message,
        traceback=trace,
        where=where,
        context=Context("view", name, name, 1, 2, 3, name, name, 4, 5),
        breadcrumbs=(crumb,) * 30,
        release=release,
    )
    group = replace(GROUP, type=kind, where=where, event=event, state=state, count=10**9)
    replies = [
        card(group, NOW),
        details(group, NOW),
        listing([group] * 30, NOW),
        group_post("reply", json.dumps({"news": "regressed", "group": asdict(group)})),
        digest(
            "open", json.dumps({"digest": 1, "groups": 5, "events": 9, "top": [asdict(group)] * 5})
        ),
    ]

    for reply in replies:
        check_limits(reply)
        for text in texts(reply):
            assert "@everyone" not in text
            assert "<@" not in text.replace("<@3>", "")
            assert "<#" not in text
            assert "\u202e" not in text
            assert "\x1b" not in text
            assert text.count("```") in (0, 2)
            assert text.count("`") % 2 == 0
            text.encode()


def test_hostile_text_is_shown_as_it_is() -> None:
    assert plain("a`b\x1b[31m\u202ec") == "a\u02cbbc"
    assert plain("@everyone <@1> <#2>") == "@\u200beveryone <\u200b@\u200b1> <\u200b#2>"
    assert inline("a\nb  c", 100) == "`a b c`"
    assert inline("", 100) == "`?`"
    assert inline("x" * 50, 10) == "`xxxxxxx…`"
    assert block("```\nx", 100) == "```py\n\u02cb\u02cb\u02cb\nx\n```"
