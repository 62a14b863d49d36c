"""The page's pure parts, run by the browser itself: text, colours, times, commands."""

from __future__ import annotations

import json
from typing import Any

from tests.discord_sandbox import page_screen
from tests.discord_sandbox.page_screen import Screen
from tests.e2e import conftest as e2e

pytestmark = page_screen.MARKS
screen = page_screen.screen
home, environment = e2e.home, e2e.environment

BOLD = {"type": "bold", "children": ["b"]}
MARKDOWN: dict[str, Any] = {
    "plain": ["plain"],
    r"**library\_call**": [{"type": "bold", "children": ["library", "_", "call"]}],
    "**b**": [BOLD],
    "***b***": [{"type": "bold", "children": [{"type": "italic", "children": ["b"]}]}],
    "_i_ *i*": [
        {"type": "italic", "children": ["i"]},
        " ",
        {"type": "italic", "children": ["i"]},
    ],
    "snake_case_name": ["snake_case_name"],
    r"guild_id, \_private\_": ["guild_id, ", "_", "private", "_"],
    "__u__ ~~s~~ ||x||": [
        {"type": "underline", "children": ["u"]},
        " ",
        {"type": "strike", "children": ["s"]},
        " ",
        {"type": "spoiler", "children": ["x"]},
    ],
    "`**b**` ``a`b``": [
        {"type": "code", "text": "**b**"},
        " ",
        {"type": "code", "text": "a`b"},
    ],
    "\\*\\*b": ["*", "*", "b"],
    "**b": ["**b"],
    "https://a.org/x_y_z.": [
        {"type": "link", "url": "https://a.org/x_y_z", "children": ["https://a.org/x_y_z"]},
        ".",
    ],
    "[**b**](https://a.org)": [{"type": "link", "url": "https://a.org", "children": [BOLD]}],
    '[b](https://a.org "c")': [{"type": "link", "url": "https://a.org", "children": ["b"]}],
    "[b](javascript:alert(1))": ["[b](javascript:alert(1))"],
    "<javascript:alert(1)>": ["<javascript:alert(1)>"],
    "<@1> <@!2> <@&3> <#4>": [
        {"type": "user", "id": "1"},
        " ",
        {"type": "user", "id": "2"},
        " ",
        {"type": "role", "id": "3"},
        " ",
        {"type": "channel", "id": "4"},
    ],
    "<t:60:R> <t:60>": [
        {"type": "time", "seconds": 60, "style": "R"},
        " ",
        {"type": "time", "seconds": 60, "style": "f"},
    ],
    "<a:wave:1> </debug metrics:2> @here": [
        {"type": "emoji", "name": "wave"},
        " ",
        {"type": "command", "name": "debug metrics"},
        " ",
        {"type": "everyone", "name": "here"},
    ],
}
BLOCKS: dict[str, Any] = {
    "# a\n-# b": [
        {"type": "header", "level": 1, "children": ["a"]},
        {"type": "small", "children": ["b"]},
    ],
    "a\n> q\n> q\nb": [
        {"type": "text", "children": ["a"]},
        {"type": "quote", "children": [{"type": "text", "children": ["q\nq"]}]},
        {"type": "text", "children": ["b"]},
    ],
    "> a\n> > b": [
        {"type": "quote", "children": [{"type": "text", "children": ["a\n> b"]}]},
    ],
    ">>> a\n# b": [
        {
            "type": "quote",
            "children": [
                {"type": "text", "children": ["a"]},
                {"type": "header", "level": 1, "children": ["b"]},
            ],
        }
    ],
    "- a\n  - b\n2. c": [
        {
            "type": "list",
            "items": [
                {"depth": 0, "mark": "•", "children": ["a"]},
                {"depth": 1, "mark": "•", "children": ["b"]},
                {"depth": 0, "mark": "2.", "children": ["c"]},
            ],
        }
    ],
    "a\n```py\n**x**\n```\nb": [
        {"type": "text", "children": ["a"]},
        {"type": "fence", "language": "py", "text": "**x**"},
        {"type": "text", "children": ["b"]},
    ],
    "```one line```": [{"type": "fence", "language": "", "text": "one line"}],
}
ENDLESS = ("*a_", "||`", "[<", "__*", "_*_", "> ", "```", "h", "**", "<t:1", "- ", "[a](", "\\")
MEASURED = """((text) => {
  const start = performance.now();
  m.parse(text);
  return performance.now() - start;
})"""


async def called(screen: Screen, module: str, call: str, *arguments: Any) -> Any:
    """Call a function of one of the page's modules in the browser."""
    page = screen.page
    if await page.run("location.protocol") != "http:":
        await page.go(screen.home.sandbox.page_url)
        await page.until("document.querySelector('.composer') !== null")
    given = ", ".join(map(json.dumps, arguments))
    told = await page.run(f"import('/page/{module}').then((m) => JSON.stringify({call}({given})))")
    return json.loads(told)


async def test_a_line_is_read_as_discord_reads_it(screen: Screen) -> None:
    told = {text: await called(screen, "markdown.js", "m.inline", text) for text in MARKDOWN}
    assert told == MARKDOWN


async def test_blocks_are_read_as_discord_reads_them(screen: Screen) -> None:
    told = {text: await called(screen, "markdown.js", "m.parse", text) for text in BLOCKS}
    assert told == BLOCKS


async def test_the_longest_text_of_the_worst_kind_is_read_in_a_blink(screen: Screen) -> None:
    measure = (
        "((text) => Math.min(...[1, 2, 3, 4, 5].map(() => {"  # the best of five: others may be busy
        " const t = performance.now(); m.parse(text); return performance.now() - t; })))"
    )
    for piece in ENDLESS:
        text = (piece * 4096)[:4096]
        assert await called(screen, "markdown.js", measure, text) < 200, piece


async def test_ansi_colours_last_until_they_are_reset(screen: Screen) -> None:
    text = "a\x1b[1;31mb\x1b[4mc\x1b[0md\x1b[44me\x1b[49mf\x1b[38;5;1mg"
    assert await called(screen, "ansi.js", "m.ansi", text) == [
        {"text": "a", "classes": []},
        {"text": "b", "classes": ["ansi-bold", "ansi-31"]},
        {"text": "c", "classes": ["ansi-bold", "ansi-31", "ansi-underline"]},
        {"text": "d", "classes": []},
        {"text": "e", "classes": ["ansi-44"]},
        {"text": "f", "classes": []},
        {"text": "g", "classes": ["ansi-bold"]},
    ]


AWAY = {
    0: "now",
    -1: "1 second ago",
    -59: "59 seconds ago",
    -61: "1 minute ago",
    3600: "in 1 hour",
    -90_000: "yesterday",
    172_800: "in 2 days",
}


async def test_how_far_away_a_time_is_is_told_in_words(screen: Screen) -> None:
    told = {each: await called(screen, "times.js", "m.relative", each) for each in AWAY}
    assert told == AWAY


async def test_a_time_beyond_all_dates_is_no_error(screen: Screen) -> None:
    assert await called(screen, "times.js", "m.moment", 10**14, "R") == "Invalid Date"


COMMANDS: list[dict[str, Any]] = [
    {"name": "ask", "type": 1, "description": "", "options": [{"name": "question", "type": 3}]},
    {"name": "Quote", "type": 3, "description": "", "options": None},
    {
        "name": "debug",
        "type": 1,
        "description": "",
        "options": [
            {"name": "metrics", "type": 1, "description": "", "options": []},
            {
                "name": "log",
                "type": 2,
                "description": "",
                "options": [{"name": "level", "type": 1, "description": "", "options": []}],
            },
        ],
    },
]


FOUND = {
    "": ["ask", "debug metrics", "debug log level"],
    "de": ["debug metrics", "debug log level"],
    "met": ["debug metrics"],
    "DEBUG  m": ["debug metrics"],
    "ebug": ["debug metrics", "debug log level"],
    "x": [],
}
FIND = "((all, typed) => m.matching(m.leaves(all), typed).map(({ name }) => name))"


async def test_the_picker_finds_commands_by_any_of_their_words(screen: Screen) -> None:
    told = {text: await called(screen, "commands.js", FIND, COMMANDS, text) for text in FOUND}
    assert told == FOUND


VALUES: list[tuple[dict[str, Any], str, str | None]] = [
    ({"type": 3, "required": True}, "", "This option is required. Specify a value."),
    ({"type": 3}, "", "Specify a value."),
    ({"type": 3, "max_length": 2}, "👍👍", None),
    ({"type": 3, "min_length": 2, "max_length": 3}, "a", "Enter 2 to 3 characters."),
    ({"type": 4}, "1.5", "Enter a whole number."),
    ({"type": 4, "min_value": 1, "max_value": 5}, "6", "Enter a number from 1 to 5."),
    ({"type": 4, "min_value": 1}, "0", "Enter a number from 1."),
    ({"type": 10}, "1.5", None),
    ({"type": 10}, "NaN", "Enter a number."),
    ({"type": 5}, "true", None),
    ({"type": 5}, "maybe", "Pick one of the list."),
    ({"type": 6}, "mia", "Pick one of the list."),
    ({"type": 3, "choices": [{"name": "Red", "value": "r"}]}, "red", None),
    ({"type": 3, "choices": [{"name": "Red", "value": "r"}]}, "r", "Pick one of the list."),
]


async def test_a_value_is_checked_before_it_is_sent(screen: Screen) -> None:
    for option, text, problem in VALUES:
        told = await called(screen, "commands.js", "m.problem", option, {"text": text})
        assert told == problem, (option, text)


async def test_a_pasted_command_fills_its_options_in(screen: Screen) -> None:
    leaf = {"options": [{"name": "logger"}, {"name": "level"}]}
    text = "logger: discord.gateway level:DEBUG"
    told = await called(screen, "commands.js", "m.pasted", leaf, text)
    assert told == {"logger": "discord.gateway", "level": "DEBUG"}
