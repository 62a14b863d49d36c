"""A level has its plain name, however a host colours, pads or decorates it."""

from __future__ import annotations

import pytest

from services.debugcog.level_names import plain_level


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("ERROR", 40, "ERROR"),
        ("\x1b[31mERROR\x1b[0m", 40, "ERROR"),
        ("\x1b[1;38;5;196mERROR   \x1b[0m", 40, "ERROR"),
        ("WARNING ", 30, "WARNING"),
        ("error", 40, "ERROR"),
        ("❌", 40, "ERROR"),
        ("❌ ERROR", 40, "ERROR"),
        ("INFO] a: b\n[ERROR", 20, "INFO"),
        ("", 50, "CRITICAL"),
        ("SUCCESS", 25, "SUCCESS"),
        ("\x1b[32mSUCCESS\x1b[0m", 25, "SUCCESS"),
        ("✅ SUCCESS", 25, "SUCCESS"),
        ("TRACE", 5, "TRACE"),
        ("FATAL", 50, "FATAL"),
        ("Level 25", 25, "Level_25"),
        ("✅", 25, "Level_25"),
        ("INFO] a: b\n[ERROR", 25, "INFO__a__b__ERROR"),
        ("x" * 30, 25, "x" * 20),
        ("✅", "high", "_"),
    ],
)
def test_a_level_is_one_plain_word(name: str, level: object, expected: str) -> None:
    assert plain_level(name, level) == expected
