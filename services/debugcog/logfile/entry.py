"""LogRecord → entry of the queue: what the call said, and none of the host's objects."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, NamedTuple

from services.debugcog import host_text, readable_record, tracebacks
from services.debugcog.frozen import frozen
from services.debugcog.log_exception import raised_of
from services.debugcog.log_message import TEXT_MAX, Message, message_of

if TYPE_CHECKING:
    from services.debugcog.tracebacks import Raised, Text

STACK_MAX = 20_000
"""Characters of a stack, or of a traceback formatted elsewhere, that are shown."""
OWN_LOGGER = "debugcog.logs"
INDENT = "  "


@frozen
class Block:
    """A message of several lines, such as "LLM Request:"; only our own code makes one."""

    title: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join((self.title, *(INDENT + line for line in self.lines)))


class Entry(NamedTuple):
    """A log record as it was at the call. A tuple: a dataclass takes 1 µs more to make.

    Attributes:
        level_name: in words.
        created: unix seconds.
        thread: that logged it.
        message: one line.
        block: the lines below it, if our own code gave some.
        raised: the exception that it carries.
        below: a traceback formatted elsewhere, and a stack.
        is_taken: a handler of the host writes it to the log file.
    """

    name: str
    level: int
    level_name: str
    created: float
    thread: int | None
    message: Message
    block: tuple[str, ...] = ()
    raised: Raised | None = None
    below: tuple[Text, ...] = ()
    is_taken: bool = False


def entry_of(record: logging.LogRecord, *, is_taken: bool = False) -> Entry:
    """Take down a record; whatever is in it, nothing is raised.

    Args:
        record: it may change later.
        is_taken: a handler of the host writes it to the log file.
    """
    try:
        return _entry(record, is_taken)
    except BaseException:  # noqa: BLE001 - a host may put anything into a record
        return _readable(record, is_taken)


def _entry(record: logging.LogRecord, is_taken: bool) -> Entry:
    name, level_name, message = record.name, record.levelname, record.msg
    fields = (
        name if type(name) is str else host_text.text_now(name),
        record.levelno,
        level_name if type(level_name) is str else host_text.text_now(level_name),
        record.created,
        record.thread,
        Message(message.title) if type(message) is Block else message_of(record),
        message.lines if type(message) is Block else (),
        raised_of(record),
        _below(record) if record.stack_info or record.exc_text else (),
        is_taken,
    )
    return tuple.__new__(Entry, fields)  # in half of the time of ``Entry()``


def _readable(record: logging.LogRecord, is_taken: bool) -> Entry:
    try:
        return _entry(readable_record.readable(record), is_taken)
    except BaseException as error:  # noqa: BLE001 - as above
        text = f"Log record cannot be read: {type(error).__name__}"
        return Entry(OWN_LOGGER, logging.ERROR, "ERROR", time.time(), None, Message(text))


def _below(record: logging.LogRecord) -> tuple[Text, ...]:
    """Give the texts that stand below the message; an exception has its traceback already."""
    carries = record.exc_info and record.exc_info[1] is not None
    texts = (None if carries else record.exc_text, record.stack_info)
    return tuple(_cut(host_text.text_now(text)) for text in texts if text)


def _cut(text: str) -> Text:
    limit = STACK_MAX + TEXT_MAX
    return (
        tracebacks.Text(text)
        if len(text) <= limit
        else tracebacks.Text(text[:limit], len(text) - limit)
    )
