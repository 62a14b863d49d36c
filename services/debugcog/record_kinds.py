"""Kind of log record that a host has made itself → the message that such a record makes.

Python's logging cookbook has such a kind, which fills its arguments in by ``{}`` instead of ``%``.
"""

from __future__ import annotations

import logging

from services.debugcog import host_text
from services.debugcog.guard import attempt


def has_own_message(record: logging.LogRecord) -> bool:
    """Return whether a record does not make its message as logging's own does."""
    return type(record).getMessage is not logging.LogRecord.getMessage


def own_message(record: logging.LogRecord) -> str | None:
    """Ask a record for its message; None where that raises, or an argument of it may hang."""
    is_quick = host_text.answers((record.msg, record.args))
    return attempt(lambda: str.__str__(record.getMessage()), None) if is_quick else None
