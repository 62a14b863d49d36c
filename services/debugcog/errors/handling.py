"""Context variable with the exception being handled, to attribute log records to it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from services.debugcog import tracebacks
from services.debugcog.exceptions import (
    attributes_of,
    cause_of,
    context_of,
    is_plain,
    text_in_time,
    type_name,
)
from services.debugcog.guard import guard

CHAIN_MAX = 10


class Handling:
    """A stretch of code that handles an exception, from ``with`` until its end.

    Tasks that the code starts and waits for belong to it; what goes on after its end does not.

    Args:
        error: the exception; None when there is none yet, see ``set_handled``.
    """

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error
        self._outer: Handling | None = None

    def __enter__(self) -> Handling:
        """Begin, for the running task and those that it starts."""
        self._outer = HANDLING.get()
        HANDLING.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End, also for tasks that still run."""
        HANDLING.set(self._outer)
        self.error = self._outer = None


# A ContextVar has to live at the top of a module: one made elsewhere is never freed.
HANDLING: ContextVar[Handling | None] = ContextVar("debugcog_handling", default=None)


def set_handled(error: BaseException) -> None:
    """Set the exception of the ``Handling`` that the running code is in, if it is in one."""
    handling = HANDLING.get()
    if handling is not None:
        handling.error = error


def handled() -> BaseException | None:
    """Return the exception of the ``Handling`` that the running code is in, if any."""
    handling = HANDLING.get()
    return handling.error if handling is not None else None


def unwrapped(error: BaseException) -> BaseException:
    """Find what an exception like discord.py's CommandInvokeError was raised for."""
    for _ in range(CHAIN_MAX):
        cause = cause_of(error)
        if cause is None:
            break
        original: object = attributes_of(error).get("original")
        if original is not cause:
            break
        error = cause
    return error


def are_one_failure(error: BaseException, other: BaseException) -> bool:
    """Return whether one of two exceptions was raised ``from`` the other, directly or not."""
    above, below = list(_causes(error)), list(_causes(other))
    return any(link is other for link in above) or any(link is error for link in below)


def links(error: BaseException) -> Iterator[tuple[BaseException, bool]]:
    """List an exception and its causes, each with whether the one before came of its handling."""
    above: BaseException | None = None
    for link in _causes(error):
        yield link, above is None or context_of(above) is link
        above = link


def shown_by(record: logging.LogRecord) -> BaseException | None:
    """Return the exception whose traceback a log record shows, by ``exc_info`` or in its text.

    A text has that of the exception which is handled where ``traceback.format_exc()`` is logged.
    """
    carried: object = record.exc_info
    error = carried[1] if type(carried) is tuple and len(carried) == 3 else None
    if error is not None and issubclass(type(error), BaseException):
        found: BaseException = error
        return found
    caught = sys.exc_info()[1]
    if caught is None:
        return None
    parts: tuple[Any, ...] = (record.msg, *_arguments(record))
    texts = [part for part in parts if type(part) is str and tracebacks.START in part]
    name = type_name(type(caught)).rpartition(".")[2]
    return caught if any(name in text for text in texts) else None


def carried_by(record: logging.LogRecord) -> tuple[BaseException, ...]:
    """Return the exceptions of which the text of a log record is made."""
    parts: tuple[Any, ...] = (record.msg, *_arguments(record))
    return tuple(part for part in parts if issubclass(type(part), BaseException))


@guard(False)
def repeats(record: logging.LogRecord, error: BaseException) -> bool:
    """Return whether a log record's text contains that of an exception, or its type.

    Of arguments whose text would run code of the host's, on the thread that logs, none is made.
    """
    parts = (record.msg, *_arguments(record))
    plain = [str(part) for part in parts if is_plain(part)]
    is_all = len(plain) == len(parts) and type(record.args) in (tuple, dict, type(None))
    line, text = record.getMessage() if is_all else " ".join(plain), text_in_time(error)
    return type_name(type(error)).rpartition(".")[2] in line or (text != "" and text in line)


def _arguments(record: logging.LogRecord) -> tuple[object, ...]:
    """List the arguments of a log record; a mapping of the host's own kind is not looked into."""
    args: object = record.args
    if type(args) is dict:
        return tuple(args.values())
    return args if type(args) is tuple else ()


def _causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(CHAIN_MAX):
        if link is not None:
            yield link
            link = cause_of(link)
