"""A key in a text → the secrets in the lines below it: JSON with an indent, YAML, INI, TOML.

What is below ``"tokens": [`` or ``secrets:`` has other names, or none, so it has to look like a
secret by itself; what it is called there is never hidden.
"""

from __future__ import annotations

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
LINE = late_pattern(rf"[ \t]{{0,8}}{BREAK}([ \t]{{1,40}}(?:(?!{BREAK})[^\n]){{1,1000}})")
AT_BREAK = late_pattern(BREAK)
LOOKED_BACK = 80
ENTRY = late_pattern(
    rf"[ \t]*(?:- |(?:- )?{MARK}[\w.-]{{1,60}}{MARK}:[ \t]+){MARK}([^\s\"'\\]{{8,1024}}){MARK}"
    r"[ \t]*(?:#.*)?"
)
"""YAML: a value with a name, or of a list."""
TABLE = late_pattern(
    r"\[(?<!\S\[)([\w.-]{2,60})\][ \t]*\n((?:(?![ \t]*\[)[^\n]{1,1000}(?:\n|\Z)){1,100})"
)
SETTING = late_pattern(
    r"[ \t]*[\"']?[\w.-]{1,60}[\"']?[ \t]*[=:][ \t]*"
    r"[\"']?([^\s\"'#;]{8,1024})[\"']?[ \t]*(?:[#;].*)?"
)


def secrets_below(text: str, name: str, start: int, value: int) -> tuple[list[str], int]:
    """List what looks like a secret in the lines below a key, and give where these end.

    Args:
        text: all of it.
        name: of the key.
        start: where the name starts.
        value: where the key's value starts.
    """
    if not names_section(name):
        return [], value
    is_bracket = OPEN.match(text, value)
    found, end = _strings(text, value) if is_bracket else _entries(text, start, value)
    shortest = SHORTEST_TOKEN if name.lower().endswith("tokens") else SHORTEST
    return [one for one in found if _is_secret(one, shortest)], end


def secrets_in_tables(text: str) -> list[str]:
    """List what looks like a secret in the sections of INI and TOML that have a secret's name."""
    tables = (table[2] for table in TABLE.finditer(text) if names_section(table[1]))
    settings = (SETTING.fullmatch(line) for table in tables for line in table.splitlines())
    return [setting[1] for setting in settings if setting and _is_secret(setting[1])]


def _strings(text: str, start: int) -> tuple[list[str], int]:
    """List the strings in a bracket that are no names, those in brackets inside as well."""
    strings, depth, end = [], 0, start
    for found in IN_BRACKETS.finditer(text, start, start + LONGEST):
        end = found.end()
        if found["mark"] is None:
            depth += 1 if found["open"] else -1
            if not depth:
                break
        elif not IS_NAME.match(text, end):
            strings.append(found["string"])
    return strings, end


def _entries(text: str, start: int, value: int) -> tuple[list[str], int]:
    """List the values in lines that stand further in than the key."""
    values, end = [], value
    indent = _indent(AT_BREAK.split(text[max(0, start - LOOKED_BACK) : start])[-1])
    while end < value + LONGEST:
        line = LINE.match(text, end)
        if line is None or _indent(line[1]) <= indent:
            break
        entry, end = ENTRY.fullmatch(line[1]), line.end()
        if entry is not None:
            values.append(entry[1])
    return values, end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t-"))


def _is_secret(value: str, shortest: int = SHORTEST) -> bool:
    return RANDOM.fullmatch(value) is not None and is_opaque(value, shortest)
