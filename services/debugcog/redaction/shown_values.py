"""Tracebacks that show the values of variables → the same without the values of secret ones.

loguru (``diagnose``) and better_exceptions write a value below its source line, in the column where
the variable's name begins there. That name is the key of the value.
"""

from __future__ import annotations

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import DONE, REDACTED
from services.debugcog.redaction.key_names import shortest_secret
from services.debugcog.redaction.key_values import Key, hides_of
from services.debugcog.redaction.values import is_opaque

VALUE = late_pattern(r"( {2}[ │|]*)(?:└|->) (?=\S)(.*)")
BARS = late_pattern(r" {2}[ │|]*")
"""What leads to the values in the lines below."""
NAME = late_pattern(r"(?<![\w\"'])[A-Za-z_]\w{0,100}")
QUOTED = late_pattern(r"[bBuU]?([\"'])(.{4,}?)(?:\1|\.\.\.)")
SHORTEST, MOST = 8, 16
"""Characters of a secret that is hidden below any name, and how many are."""


def redact_shown_values(text: str) -> str:
    """Replace the values that are shown below names of secrets, and below others the same ones."""
    if "└" not in text and (">" not in text or "-> " not in text):
        return text
    source, secrets, lines = "", dict[str, None](), text.split("\n")
    for number, line in enumerate(lines):
        shown = VALUE.fullmatch(line)
        if shown is None:
            source = source if BARS.fullmatch(line) else line
            continue
        secret = _secret_in(shown[2], source, shown.end(1))
        if secret:
            lines[number] = line.removesuffix(shown[2]) + shown[2].replace(secret, REDACTED)
            secrets[secret] = None
    text = "\n".join(lines) if secrets else text
    for secret in list(secrets)[:MOST]:
        text = text.replace(secret, REDACTED) if is_opaque(secret, SHORTEST) else text
    return text


def _secret_in(value: str, source: str, column: int) -> str:
    """Give what is secret of a value, by the name in a column of a source line; nothing, mostly."""
    quoted = QUOTED.fullmatch(value)
    inner = quoted[2] if quoted else value
    if DONE in source:  # then no column is where it was
        return inner if quoted and is_opaque(inner) else ""
    name = NAME.match(source, column)
    shortest = shortest_secret(name[0]) if name else None
    if name is None or shortest is None:
        return ""
    key = Key(name[0], "=", 0, 0, shortest, in_url=False)
    return inner if hides_of(key, inner, quoted=quoted is not None) else ""
