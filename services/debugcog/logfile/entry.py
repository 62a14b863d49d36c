"""LogRecord → entry of the queue: what the call said, and none of the host's objects."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from services.debugcog import host_text, readable_record, tracebacks
from services.debugcog.frozen import frozen
from services.debugcog.log_message import TEXT_MAX, Message, message_of
from services.debugcog.logfile import tracebacks as logfile_tracebacks

if TYPE_CHECKING:
    from services.debugcog.stack_memory import StackMemory
    from services.debugcog.tracebacks import Raised, Text

STACK_MAX = 20_000
"""Characters of a stack, or of a traceback formatted elsewhere, that are shown."""
TAKEN = "_debugcog_taken"
"""Attribute of a record, until its entry is made: a handler of the host writes it to the file."""
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


def entry_of(record: logging.LogRecord, memory: StackMemory | None = None) -> Entry:
    """Take down a record; whatever is in it, nothing is raised.

    Args:
        record: it may change later.
        memory: takes down the stack of its exception, within ``LIMITS``.
    """
    try:
        return _entry(record, memory)
    except BaseException:  # noqa: BLE001 - a host may put anything into a record
        return _readable(record, memory)


def _entry(record: logging.LogRecord, memory: StackMemory | None) -> Entry:
    name, level_name, message = record.name, record.levelname, record.msg
    fields = (
        name if type(name) is str else host_text.text_now(name),
        record.levelno,
        level_name if type(level_name) is str else host_text.text_now(level_name),
        record.created,
        record.thread,
        Message(message.title) if type(message) is Block else message_of(record),
        message.lines if type(message) is Block else (),
        _raised(record.exc_info, memory) if record.exc_info else None,
        _below(record) if record.stack_info or record.exc_text else (),
        record.__dict__.pop(TAKEN, False),
    )
    return tuple.__new__(Entry, fields)  # in half of the time of ``Entry()``


def _readable(record: logging.LogRecord, memory: StackMemory | None) -> Entry:
    try:
        return _entry(readable_record.readable(record), memory)
    except BaseException as error:  # noqa: BLE001 - as above
        text = f"Log record cannot be read: {type(error).__name__}"
        return Entry(OWN_LOGGER, logging.ERROR, "ERROR", time.time(), None, Message(text))


def _raised(caught: tuple[Any, ...], memory: StackMemory | None) -> Raised | None:
    try:
        _, error, trace = caught
        if error is None:
            return None
        return tracebacks.take_down(error, trace, logfile_tracebacks.LIMITS, memory)
    except BaseException as trouble:  # noqa: BLE001 - the message is still worth its line
        return tracebacks.Raised(
            (tracebacks.Link(f"[traceback cannot be formatted: {type(trouble).__name__}]"),), True
        )


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
