"""Any text → the same text without secrets: known values, known formats, secret keys.

All patterns are linear in the length of the text, so nothing has to be
cut for slow ones, and ordinary text pays for a few substring searches only.
Give it messages and tracebacks; the head of a log line (time, level, logger) is not for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from services.debugcog.guard import own_logger
from services.debugcog.redaction import (
    DONE,
    REDACTED,
    addresses,
    keys,
    known_values,
    literals,
    pairs,
    remainders,
    shown_values,
    statements,
    tokens,
)

LONGEST = 600_000
"""Characters that are looked at; what comes after them is left out."""
LONGEST_SECRET = 4096

logger = own_logger("debugcog.redaction")


def redact(text: str) -> str:
    """Replace secrets that show by a key or a shape; never raise."""
    try:
        text = cut(text, LONGEST)
        if REDACTED not in text:
            return _redact(text)
        return _redact(text.replace(REDACTED, DONE)).replace(DONE, REDACTED)
    except Exception as error:  # noqa: BLE001 - a text that cannot be redacted must not get out
        logger.error("Cannot redact a text: %s", type(error).__name__)
        return REDACTED


def _redact(text: str) -> str:
    text = shown_values.redact_shown_values(text)  # its columns are those of the whole lines
    text = addresses.redact_addresses(remainders.redact_remainders(text))
    text = literals.redact_literals(tokens.redact_tokens(text))
    return keys.redact_keys(pairs.redact_pairs(statements.redact_statements(text)))


class Redactor:
    """``redact``, and the values that are known to be secret, wherever they stand.

    Args:
        environ: the environment (with what ``.env`` adds); its secret values are known.
        token: the bot's token, when there is one.
        secrets: more values, whatever their keys are called.
    """

    def __init__(
        self, environ: Mapping[str, str], token: str = "", secrets: tuple[str, ...] = ()
    ) -> None:
        self._environ = environ
        self._values = (token, *secrets)

    @cached_property
    def _known(self) -> known_values.KnownValues:
        """Find the values with the first text: it takes some ms, and seldom the load's own."""
        return known_values.KnownValues(self._environ, self._values, secrets_in)

    def __call__(self, text: str) -> str:
        """Replace every secret in the text; never raise."""
        try:
            return redact(self._known.hide(cut(text, LONGEST)))
        except Exception as error:  # noqa: BLE001 - as above
            logger.error("Cannot redact a text: %s", type(error).__name__)
            return REDACTED


def secrets_in(text: str) -> list[str]:
    """List the secrets that ``redact`` finds in a text."""
    kept = redact(text).split(REDACTED)
    if len(kept) == 1:
        return []
    found = re.fullmatch("(.+?)".join(map(re.escape, kept)), text, re.DOTALL)
    return list(found.groups()) if found else []


def cut(text: str, limit: int) -> str:
    """Leave out what is beyond ``limit`` characters; a secret on the border goes as a whole."""
    if len(text) <= limit:
        return text
    border = max(text.rfind(" ", limit - LONGEST_SECRET, limit), limit - LONGEST_SECRET)
    return f"{text[:border]} … [{len(text) - border} more characters]"
