"""Where the loop's time went: functions of the host, shares, a picture, a file for speedscope."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import CodeType
from typing import Any

import jsonschema
import pytest

from services.debugcog.answers.figure import Figure
from services.debugcog.answers.profile import FunctionTime, ProfileAnswer, profile_answer
from services.debugcog.charting.flame import MAX_FRAMES, Frame
from services.debugcog.host_files import HostFiles
from services.debugcog.inspection.profiler import Profile
from services.debugcog.stalls.stacks import STDLIB, Call

AT = 1_800_000_000.0
FORMAT = {
    "type": "object",
    "required": ["$schema", "shared", "profiles"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://www.speedscope.app/file-format-schema.json"},
        "name": {"type": "string"},
        "exporter": {"type": "string"},
        "activeProfileIndex": {"type": "number"},
        "shared": {
            "type": "object",
            "required": ["frames"],
            "properties": {
                "frames": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name"],
                        "additionalProperties": False,
                        "properties": {
                            "name": {"type": "string"},
                            "file": {"type": "string"},
                            "line": {"type": "number"},
                            "col": {"type": "number"},
                        },
                    },
                }
            },
        },
        "profiles": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    *("type", "name", "unit", "startValue", "endValue", "samples", "weights")
                ],
                "additionalProperties": False,
                "properties": {
                    "type": {"const": "sampled"},
                    "name": {"type": "string"},
                    "unit": {
                        "enum": [
                            *("none", "nanoseconds", "microseconds", "milliseconds"),
                            *("seconds", "bytes"),
                        ]
                    },
                    "startValue": {"type": "number"},
                    "endValue": {"type": "number"},
                    "samples": {
                        "type": "array",
                        "items": {"type": "array", "items": {"type": "integer", "minimum": 0}},
                    },
                    "weights": {"type": "array", "items": {"type": "number"}},
                },
            },
        },
    },
}
"""Of sampled profiles, as speedscope's wiki and its file-format-spec.ts have it."""


def code(name: str, file: str, line: int = 1) -> CodeType:
    made = compile("0", file, "eval")
    return made.replace(co_name=name, co_qualname=name, co_firstlineno=line)


CRUNCH = code("Bot.crunch", "/srv/bot/cogs/chat.py", 12)
HANDLE = code("on_message", "/srv/bot/main.py", 40)
DUMPS = code("dumps", f"{STDLIB}/json/__init__.py", 183)
DISPATCH = code("Client._run_event", "/venv/site-packages/discord/client.py", 480)
SOCKET = code("received_message", "/venv/site-packages/discord/gateway.py", 500)


def stack(*codes: CodeType) -> tuple[Call, ...]:
    """Make a stack, innermost first."""
    return tuple(Call(one, one.co_firstlineno + 1, 0) for one in codes)


PROFILE = Profile(
    AT,
    10.0,
    idle=6.0,
    looks=2000,
    stacks=(
        (stack(CRUNCH, HANDLE, DISPATCH), 2.0),
        (stack(DUMPS, HANDLE, DISPATCH), 1.0),
        (stack(SOCKET), 1.0),
    ),
)


def answered(profile: Profile) -> ProfileAnswer:
    return profile_answer(
        profile,
        HostFiles(Path("/srv/bot"), libraries=(STDLIB,)),
        lambda text: text.replace("s3cret", "***"),
    )


def test_functions_of_the_host_come_with_their_share_of_the_busy_time() -> None:
    answer = answered(PROFILE)
    assert answer.functions == (
        FunctionTime("Bot.crunch", "cogs/chat.py:12", Figure(50.0, "%"), Figure(50.0, "%")),
        FunctionTime("on_message", "main.py:40", Figure(25.0, "%"), Figure(75.0, "%")),
    )
    shares = (answer.busy, answer.idle, answer.host, answer.called, answer.other)
    assert [one.text for one in shares] == ["4 s", "60%", "50%", "25%", "25%"]


def test_the_picture_has_callers_above_what_they_called_as_wide_as_their_time() -> None:
    flame = answered(PROFILE).flame
    assert flame is not None
    assert flame.total_ms == 4000.0
    assert flame.frames == (
        Frame("Client._run_event (client.py:480)", 0.0, 0.75, 0),
        Frame("received_message (gateway.py:500)", 0.75, 0.25, 0),
        Frame("on_message (main.py:40)", 0.0, 0.75, 1, own=True),
        Frame("Bot.crunch (chat.py:12)", 0.0, 0.5, 2, own=True),
        Frame("dumps (__init__.py:183)", 0.5, 0.25, 2),
    )


def test_what_narrow_functions_have_called_is_not_drawn_and_makes_no_picture_high() -> None:
    deep = stack(*[code(f"f{number}", "/srv/lib/deep.py", number) for number in range(20)])
    answer = answered(replace(PROFILE, stacks=((stack(CRUNCH), 98.0), (deep, 2.0))))
    assert answer.flame is not None
    assert [(one.depth, one.width) for one in answer.flame.frames] == [(0, 0.98), (0, 0.02)]
    assert b'"f0"' in answer.speedscope


def test_a_function_whose_time_is_all_that_of_others_is_no_row() -> None:
    answer = answered(replace(PROFILE, stacks=((stack(CRUNCH, HANDLE, DISPATCH), 4.0),)))
    assert [one.name for one in answer.functions] == ["Bot.crunch"]


def test_the_file_is_one_of_speedscopes_format_with_callers_first() -> None:
    document: dict[str, Any] = json.loads(answered(PROFILE).speedscope)
    jsonschema.validate(document, FORMAT)
    frames = [one["name"] for one in document["shared"]["frames"]]
    (profile,) = document["profiles"]
    named = [[frames[number] for number in sample] for sample in profile["samples"]]
    assert named == [
        ["Client._run_event", "on_message", "Bot.crunch"],
        ["Client._run_event", "on_message", "dumps"],
        ["received_message"],
    ]
    assert profile["weights"] == [2.0, 1.0, 1.0]
    assert profile["endValue"] == sum(profile["weights"])


def test_a_loop_that_only_waited_has_no_picture_and_no_file() -> None:
    answer = answered(Profile(AT, 10.0, idle=10.0, looks=2000, stacks=()))
    assert (answer.flame, answer.speedscope, answer.functions) == (None, b"", ())
    assert (answer.idle.text, answer.host.text) == ("100%", "0%")


def test_thousands_of_deep_stacks_with_hostile_names_are_bounded_and_redacted() -> None:
    many = [code(f"```s3cret @everyone {n}\n{'x' * 500}", "/srv/bot/a.py", n) for n in range(900)]
    deep = tuple((stack(*many[number:], *many[:number]), 0.01) for number in range(200))
    answer = answered(Profile(AT, 10.0, idle=0.0, looks=1, stacks=deep, left_out=1.0))
    assert answer.flame is not None
    assert len(answer.flame.frames) <= MAX_FRAMES
    assert len(answer.functions) == 10
    assert len(answer.speedscope) < 2_000_000
    told = f"{answer.functions}{answer.speedscope.decode()}{answer.flame}"
    assert "s3cret" not in told
    assert max(len(one.name) for one in answer.functions) <= 120


def test_the_time_of_a_comprehension_is_that_of_its_function() -> None:
    inner = code("Bot.crunch.<locals>.<genexpr>", "/srv/bot/cogs/chat.py", 14)
    stacks = ((stack(inner.replace(co_name="<genexpr>"), CRUNCH), 1.0), (stack(CRUNCH), 1.0))
    answer = answered(Profile(AT, 2.0, idle=0.0, looks=2, stacks=stacks))
    (function,) = answer.functions
    assert (function.place, function.own.text) == ("cogs/chat.py:12", "100%")


@pytest.mark.parametrize("name", ["<string>", "<frozen os>"])
def test_code_of_no_file_is_not_the_hosts(name: str) -> None:
    stacks = ((stack(code("made", name)), 1.0),)
    answer = answered(Profile(AT, 1.0, idle=0.0, looks=1, stacks=stacks))
    assert answer.functions == ()
    assert answer.other.text == "100%"
