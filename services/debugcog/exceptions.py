"""Exception → its parts and its text, whatever its class makes of them; text that can be stored.

The parts are read where ``BaseException`` keeps them, so that no property, ``__getattr__`` or
``__getattribute__`` of the class is called. Its ``__str__`` has to be; that may raise, or hang.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from services.debugcog.guard import attempt, bounded, is_hosts, trace_of
from services.debugcog.wording import clip_words

BRIEF_MAX = 300
"""Characters of a brief text."""
PLAIN = (str, int, float, bool, bytes, type(None))
"""Types whose text is made by Python itself."""
IN_C = type(object.__str__)
"""Type of a method that is written in C."""
CHAIN_MAX = 10


def _reader(name: str) -> Callable[[Any], Any]:
    read: Callable[[Any], Any] = BaseException.__dict__[name].__get__
    return read


_CAUSE, _CONTEXT = _reader("__cause__"), _reader("__context__")
_SUPPRESSES = _reader("__suppress_context__")
_ATTRIBUTES, _ARGUMENTS = _reader("__dict__"), _reader("args")


class HostError(Exception):
    """Stands in the log for an exception of the host's whose own text cannot be relied on."""


def cause_of(error: BaseException) -> BaseException | None:
    """Return what an exception was raised from."""
    cause: BaseException | None = _CAUSE(error)
    return cause


def context_of(error: BaseException) -> BaseException | None:
    """Return what was being handled when an exception was raised."""
    context: BaseException | None = _CONTEXT(error)
    return context


def earlier_than(error: BaseException) -> BaseException | None:
    """Return the exception before this one: its cause, or what was handled when it was raised."""
    earlier: BaseException | None = _CAUSE(error)
    if earlier is None and not _SUPPRESSES(error):
        earlier = _CONTEXT(error)
    return earlier


def attributes_of(error: BaseException) -> dict[str, Any]:
    """Return the dictionary of an exception's own attributes."""
    attributes: dict[str, Any] = _ATTRIBUTES(error)
    return attributes


def members_of(group: BaseException) -> tuple[BaseException, ...]:
    """Return the exceptions of a group."""
    members: tuple[BaseException, ...] = BaseExceptionGroup.__dict__["exceptions"].__get__(group)
    return members


def without_step(error: BaseException) -> None:
    """Take the outermost step, which is the caller's own, off the traceback of an exception."""
    trace = trace_of(error)
    if trace is not None and trace.tb_next is not None:
        BaseException.__dict__["__traceback__"].__set__(error, trace.tb_next)


def text_of(value: object) -> str:
    """Return ``str(value)``; where that raises, which exception, and the arguments of the value."""
    try:
        text = str(value)
        return text if type(text) is str and text.isascii() else storable(text)
    except BaseException as failure:
        if not is_hosts(failure):
            raise
        return " ".join((*_arguments(value), f"<str() raised {type(failure).__name__}>"))


def text_in_time(value: object) -> str:
    """Return what ``text_of`` does, on a thread that is left behind if the value hangs."""
    if is_plain(value):
        return text_of(value)
    return bounded(lambda: text_of(value), late_text(value))


def late_text(value: object) -> str:
    """Return what can be said of a value whose text does not come."""
    return " ".join((*_arguments(value), "<str() does not return>"))


def with_plain_message(record: logging.LogRecord) -> logging.LogRecord:
    """Return a record whose message is a text: in the place of an object of the host's, its type.

    For the thread that logs, on which the object's ``__str__`` is not to run.
    """
    if is_plain(record.msg):
        return record
    return logging.makeLogRecord({**record.__dict__, "msg": type_name(type(record.msg))})


def is_plain(value: object) -> bool:
    """Return whether ``str(value)`` runs no code of the host's."""
    kind = type(value)
    if not issubclass(kind, BaseException):
        try:
            return kind in PLAIN
        except BaseException as error:  # a metaclass of the host may compare by code of its own
            if not is_hosts(error):
                raise
            return False
    if not is_in_c(kind):
        return False
    for one in _ARGUMENTS(value):  # noqa: SIM110 - a generator costs as much as all of it
        if type(one) not in PLAIN:
            return False
    return True


def is_in_c(kind: Any) -> bool:
    """Return whether Python itself makes the texts of a class, by those of what it holds."""
    try:
        return type(kind.__str__) is IN_C and type(kind.__repr__) is IN_C
    except BaseException as error:
        if not is_hosts(error):
            raise
        return False


def arguments_of(error: object) -> tuple[Any, ...]:
    """Return what an exception was made with."""
    arguments: tuple[Any, ...] = _ARGUMENTS(error)
    return arguments


def brief(error: BaseException, most: int = BRIEF_MAX) -> str:
    """Return the type and the text of an exception in one line, not redacted.

    Args:
        error: any.
        most: characters of the text.
    """
    text = clip_words(" ".join(text_in_time(error).split()), most)
    return f"{type_name(type(error))}: {text}" if text else type_name(type(error))


def loggable(error: BaseException) -> BaseException:
    """Return an exception whose text can be made wherever it is logged: itself, or a stand-in."""
    link: BaseException | None = error
    for _ in range(CHAIN_MAX):
        if link is None:
            return error
        if not is_plain(link):
            break
        link = earlier_than(link)
    return HostError(brief(error)).with_traceback(trace_of(error))


def type_name(kind: type) -> str:
    """Name a type in full, built-in ones without their module."""
    try:
        module, name = str(kind.__module__), str(kind.__qualname__)
    except BaseException as error:
        if not is_hosts(error):
            raise
        module = attempt(lambda: str(kind.__module__), "?")
        name = attempt(lambda: str(kind.__qualname__), "?")
    text = name if module in ("builtins", "__main__") else f"{module}.{name}"
    return text if type(text) is str and text.isascii() else storable(text)


def storable(text: str) -> str:
    """Return a text that UTF-8 can hold: a lone surrogate, half a character, is replaced."""
    if type(text) is str and text.isascii():
        return text
    # By str's own method, whatever a class derived from it has in its place.
    return str.encode(text, "utf-16", "surrogatepass").decode("utf-16", "replace")


def _arguments(value: object) -> Iterator[str]:
    """Yield the arguments that an exception was made with, as far as they are plain."""
    if issubclass(type(value), BaseException):
        shown = [str(one) for one in arguments_of(value) if type(one) in PLAIN]
        yield from [storable(", ".join(shown))] if shown else []
