"""A key in a text → the secrets in the lines below it: JSON with an indent, YAML, INI, TOML.

What is below ``"tokens": [`` or ``secrets:`` has other names, or none, so it has to look like a
secret by itself; what it is called there is never hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction.key_names import names_section
from services.debugcog.redaction.notations import BREAK
from services.debugcog.redaction.values import is_opaque

LONGEST, SHORTEST = 4_000, 8
"""Characters below a name that are looked at, and of the shortest secret there."""
SHORTEST_TOKEN = 16
"""The same where a language model and its tokens may be meant: ``tokens:\\n  of: gpt-4o-mini``."""
MARK = r"(?:\\{0,8}[\"'])?"
OPEN = late_pattern(rf"[\[{{(](?=[^\n⏎]{{0,1000}}?{BREAK})")
"""A bracket on a line that is not the last."""
IN_BRACKETS = late_pattern(
    r"(?P<open>[\[{(])|[\]})]"
    r"|(?P<mark>\\{0,8}[\"'])(?P<string>(?:(?!(?P=mark))(?:\\.|[^\\\n⏎]))*)(?P=mark)"
)
RANDOM = late_pattern(r"(?=.*\d|.*[A-Z].*[a-z]|.*[a-z].*[A-Z])[\w.~+/=:@#$%&!*^-]{8,1024}")
"""What a secret has and a pattern or a word has not: no brackets, but digits or capitals."""
IS_NAME = late_pattern(r"[ \t]*:")
LINES = late_pattern(
    rf"[ \t]{{0,8}}(?:{BREAK}[ \t]{{1,40}}(?:(?!{BREAK})[^\n]){{1,1000}}){{1,100}}"
)
AT_BREAK = late_pattern(BREAK)
ENTRY = late_pattern(
    rf"[ \t]*(?:- |(?:- )?{MARK}[\w.-]{{1,60}}{MARK}:[ \t]+){MARK}([^\s\"'\\]{{8,1024}}){MARK}"
    r"[ \t]*(?:#.*)?"
)
"""YAML: a value with a name, or of a list."""
TABLE = late_pattern(
    r"^[ \t]*\[([\w.-]{2,60})\][ \t]*\n((?:(?![ \t]*\[)[^\n]{1,1000}(?:\n|\Z)){1,100})",
    re.MULTILINE,
)
SETTING = late_pattern(
    r"[ \t]*[\"']?[\w.-]{1,60}[\"']?[ \t]*[=:][ \t]*"
    r"[\"']?([^\s\"'#;]{8,1024})[\"']?[ \t]*(?:[#;].*)?"
)


def secrets_below(text: str, name: str, start: int, value: int) -> Iterator[str]:
    """Give what looks like a secret in the lines below a key.

    Args:
        text: all of it.
        name: of the key.
        start: where the name starts.
        value: where the key's value starts.
    """
    if OPEN.match(text, value):
        found = _strings(text, value) if names_section(name) else iter(())
    else:
        lines = LINES.match(text, value, value + LONGEST)
        found = _entries(text, lines[0], start) if lines and names_section(name) else iter(())
    shortest = SHORTEST_TOKEN if name.lower().endswith("tokens") else SHORTEST
    yield from (one for one in found if _is_secret(one, shortest))


def secrets_in_tables(text: str) -> list[str]:
    """List what looks like a secret in the sections of INI and TOML that have a secret's name."""
    tables = (table[2] for table in TABLE.finditer(text) if names_section(table[1]))
    settings = (SETTING.fullmatch(line) for table in tables for line in table.splitlines())
    return [setting[1] for setting in settings if setting and _is_secret(setting[1])]


def _strings(text: str, start: int) -> Iterator[str]:
    """Give the strings in a bracket that are no names, those in brackets inside as well."""
    depth = 0
    for found in IN_BRACKETS.finditer(text, start, start + LONGEST):
        if found["mark"] is None:
            depth += 1 if found["open"] else -1
            if not depth:
                return
        elif not IS_NAME.match(text, found.end()):
            yield found["string"]


def _entries(text: str, lines: str, start: int) -> Iterator[str]:
    """Give the values in lines that stand further in than the key."""
    before = AT_BREAK.split(text[max(0, start - LONGEST) : start])[-1]
    for line in AT_BREAK.split(lines)[1:]:
        if _indent(line) <= _indent(before):
            return
        entry = ENTRY.fullmatch(line)
        if entry is not None:
            yield entry[1]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t-"))


def _is_secret(value: str, shortest: int = SHORTEST) -> bool:
    return RANDOM.fullmatch(value) is not None and is_opaque(value, shortest)
