"""Any text → the same text without secrets: known values, known formats, secret keys.

All patterns are linear in the length of the text, so nothing has to be
cut for slow ones, and ordinary text pays for a few substring searches only.
Give it messages and tracebacks; the head of a log line (time, level, logger) is not for it.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

from services.debugcog.redaction.keys import is_secret_key, redact_keys
from services.debugcog.redaction.shapes import REDACTED, redact_shapes

LONGEST = 600_000
"""Characters that are looked at; what comes after them is left out."""
LONGEST_SECRET = 4096
SHORTEST_VALUE = 8
"""A value below this length is too likely to be an ordinary word."""

PUBLIC_KEYS = re.compile(
    r"(?:OLD)?PWD|XDG_\w+|DESKTOP_SESSION|GDMSESSION|SESSION_MANAGER|DBUS_SESSION_BUS_ADDRESS"
    r"|SSH_AUTH_SOCK"
)
"""Keys of the shell and the desktop that only look secret (the working directory, …)."""

logger = logging.getLogger("debugcog.redaction")


def redact(text: str) -> str:
    """Replace secrets that show by a key or a shape; never raise."""
    try:
        return redact_keys(redact_shapes(cut(text, LONGEST)))
    except Exception as error:  # noqa: BLE001 - a text that cannot be redacted must not get out
        logger.error("Cannot redact a text: %s", type(error).__name__)
        return REDACTED


class Redactor:
    """``redact``, and the values that are known to be secret, wherever they stand.

    Args:
        environ: the environment (with what ``.env`` adds); the values of its secret keys are known.
        token: the bot's token, when there is one.
    """

    def __init__(self, environ: Mapping[str, str], token: str = "") -> None:
        values = [value for key, value in environ.items() if _is_secret(key)]
        forms = {form for value in [*values, token] for form in _forms(value.strip())}
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Replace every secret in the text; never raise."""
        text = cut(text, LONGEST)
        for form in self._forms:
            if form in text:
                text = text.replace(form, REDACTED)
        return redact(text)


def _is_secret(key: str) -> bool:
    return is_secret_key(key) and PUBLIC_KEYS.fullmatch(key) is None


def _forms(value: str) -> Iterator[str]:
    """Give the ways in which a value is written: plain, escaped, URL-quoted, in base64."""
    if len(value) < SHORTEST_VALUE:
        return
    yield from (value, repr(value)[1:-1], quote(value), quote(value, safe=""), quote_plus(value))
    for offset in range(3):  # base64 differs by where in a group of three bytes the value begins
        encoded = base64.b64encode(b"\0" * offset + value.encode())
        inner = encoded[(offset * 8 + 5) // 6 : (offset + len(value.encode())) * 8 // 6]
        yield inner.decode()
        yield inner.translate(bytes.maketrans(b"+/", b"-_")).decode()


def cut(text: str, limit: int) -> str:
    """Leave out what is beyond ``limit`` characters; a secret on the border goes as a whole."""
    if len(text) <= limit:
        return text
    border = max(text.rfind(" ", limit - LONGEST_SECRET, limit), limit - LONGEST_SECRET)
    return f"{text[:border]} … [{len(text) - border} more characters]"
