"""Exception or log record → what a sample holds of it: message, exception, stack."""

from __future__ import annotations

import logging

from services.debugcog.errors.text import LIMITS
from services.debugcog.guard import trace_of
from services.debugcog.host_text import text_now
from services.debugcog.log_message import message_of
from services.debugcog.redaction.redactor import LONGEST_SECRET
from services.debugcog.tracebacks import Raised, take_down


def told(
    error: BaseException | None, record: logging.LogRecord | None
) -> tuple[str, Raised | None, str]:
    """Take down an exception, or else a record: message, exception, stack."""
    if error is not None:
        raised = take_down(error, trace_of(error), LIMITS)
        return _message(raised), raised, ""
    if record is None:
        return "", None, ""
    message = message_of(record)
    stack = "" if record.stack_info is None else text_now(record.stack_info)
    return _without_border(str(message), message.left_out), None, stack


def _message(raised: Raised) -> str:
    """Give what an exception says; of a group, also what its first member that is none says."""
    last = raised.links[-1]
    text = _without_border(*last.text)
    if not last.members:
        return text
    while last.members:
        last = last.members[0].links[-1]
    return ": ".join(filter(None, (text, last.type, _without_border(*last.text))))


def _without_border(text: str, left_out: int | None) -> str:
    """Return a text; of one that was cut, no secret on the border is left."""
    if left_out == 0:
        return text
    more = "more" if left_out is None else f"{left_out + LONGEST_SECRET} more characters"
    return f"{text[:-LONGEST_SECRET]} … [{more}]"
