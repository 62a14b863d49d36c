"""LogRecord → its message as of now, which no later change of an argument alters.

Numbers and texts cannot change, so they are kept as they are, and another thread formats them. Of a
list or dict of a few of them a copy is kept. Whatever else a host logs becomes text in the call, as
for each of its own handlers: it may change at once, and nothing that waits may keep it alive. No
more is made of it than a line shows.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Collection
from typing import Any, NamedTuple

from services.debugcog import container_text, host_text, record_kinds
from services.debugcog.container_text import BRACKETS, TEXTS, plain
from services.debugcog.guard import is_hosts

TEXT_MAX = 16_001
"""Characters of a message that are kept: what a line shows, the margin behind it in which a secret
may be cut in two, and one that tells that there was more."""
_latest = threading.local()
"""The record of this thread whose message was made last: each of our handlers needs it. It is not
kept on the record, which a handler of the host's may pickle or write down with all that is on it.
"""

NUMBERS = frozenset({int, float, bool, complex, type(None)})
CONSTANTS = NUMBERS | {str, bytes}
FEW = 20
"""Items of a container that is copied, rather than made a text in the call."""
SHORT = 100
"""Characters of each text in it."""
SMALL = 2_000
"""Characters of a container that Python may format without a look at each item."""
ITEM = 8
"""What an item of a container is taken for, besides its own text."""

Filled = tuple[str, int | None]
"""A text with its arguments filled in, and what ``Message.left_out`` says of it."""


class Message(NamedTuple):
    """What a log call said.

    Attributes:
        text: with a ``%`` for each argument, if there are any.
        args: numbers, short texts, and lists and dicts of our own with a few of them.
        left_out: characters that were cut off; None where nobody counted them.
    """

    text: str
    args: tuple[object, ...] = ()
    left_out: int | None = 0

    def __str__(self) -> str:
        try:
            return self.text % self.args if self.args else self.text
        except Exception as error:  # noqa: BLE001 - arguments that do not fit are the host's fault
            return _unfit(self.text, self.args, error)

    def cut(self, limit: int) -> Message:
        """Leave out what is beyond ``limit`` characters of the text."""
        text = str(self) if self.args else self.text
        if len(text) <= limit:
            return self
        more = None if self.left_out is None else self.left_out + len(text) - limit
        return Message(text[:limit], (), more)


def message_of(record: logging.LogRecord, limit: int = TEXT_MAX) -> Message:
    """Take down what a record says; whatever is in it, nothing is raised.

    Args:
        record: it may change later.
        limit: characters that are kept, ``TEXT_MAX`` at most.
    """
    try:
        text: Any = record.msg
        args: Any = record.args or ()
        is_usual = type(record) is logging.LogRecord or not record_kinds.has_own_message(record)
        if is_usual and type(text) is str and len(text) <= limit and type(args) is tuple:
            constants = _constants(args, limit)
            if constants is not None:
                return tuple.__new__(Message, (text, constants, 0))  # in half of its time
    except BaseException as error:  # a metaclass of the host may have a hash of its own
        if not is_hosts(error):
            raise
    message = _rendered(record)
    return message if len(message.text) <= limit else message.cut(limit)


def _constants(args: tuple[Any, ...], limit: int) -> tuple[object, ...] | None:
    """Return arguments that nobody can change, or None where one has to become text."""
    kept: list[object] = []
    for value in args:
        kind = type(value)
        if kind is dict or kind is list:
            value = _copy(value)
            if value is None:
                return None
        elif kind not in CONSTANTS or (kind in TEXTS and len(value) > limit):
            return None
        kept.append(value)
    return tuple(kept)


def _copy(value: Any) -> Any:
    """Copy a list or dict of a few numbers and short texts, in half of the time of its text."""
    if len(value) > FEW:
        return None
    copy = value.copy()
    for part in (*copy, *copy.values()) if type(copy) is dict else copy:
        kind = type(part)
        if kind is str:
            if len(part) > SHORT:
                return None
        elif kind not in NUMBERS:
            return None
    return copy


def _rendered(record: logging.LogRecord) -> Message:
    """Make the message, or take what another of our handlers has made of the same record."""
    msg, args = record.msg, record.args
    of, said, made = getattr(_latest, "message", NO_MESSAGE)
    if of() is not record or said != (id(msg), id(args)):
        told = record_kinds.own_message(record) if record_kinds.has_own_message(record) else None
        text, left_out = (told, 0) if told is not None else _filled_in(msg, args)
        over = len(text) - TEXT_MAX
        if over < 0:  # nothing is left out of what is shown
            made = Message(text)
        else:
            made = Message(text[:TEXT_MAX], (), None if left_out is None else left_out + over)
        _latest.message = weakref.ref(record), (id(msg), id(args)), made
    message: Message = made
    return message


NO_MESSAGE: Any = (lambda: None, (), None)


def _filled_in(msg: Any, args: Any) -> Filled:
    return _filled(msg if type(msg) is str else host_text.text_now(msg), args)


def _filled(text: str, args: Any) -> Filled:
    """Let Python fill in the arguments, unless there is too much of them, or one may hang.

    Those that have no text say so, if the others have one.
    """
    try:
        strangers: list[object] = []
        values = args if type(args) is tuple else (args,)
        if _is_small(values, strangers) and (
            not strangers or all(map(host_text.answers, strangers))
        ):
            return plain(text % args if args else text), 0
    except BaseException as error:
        if not is_hosts(error):
            raise
    try:
        return _fill_each(text, args)
    except BaseException as error:
        if not is_hosts(error):
            raise
        line = _unfit(text, args, error)
        return line, 0 if len(line) < TEXT_MAX else None


def _fill_each(text: str, args: Any) -> Filled:
    """Fill in what is made of each argument by itself."""
    if type(args) is dict:
        return plain(text % {key: _bounded(one) for key, one in args.items()}), None
    values = args if type(args) is tuple else (args,)
    shown = tuple(map(_bounded, values))
    cut_off = sum(map(_length, values)) - sum(map(_length, shown))
    is_counted = not any(type(value) is _Shown and value.is_cut for value in shown)
    return plain(text % shown), cut_off if is_counted else None


def _length(value: Any) -> int:
    return len(value) if type(value) in TEXTS else 0


def _bounded(value: Any) -> object:
    """Make of a value what always has a text, of no more than anybody sees."""
    if type(value) in TEXTS:
        return value if len(value) <= TEXT_MAX else value[:TEXT_MAX]
    if type(value) in CONSTANTS:
        return value
    is_container = container_text.is_container(value)
    return _Shown(
        container_text.shown(value, TEXT_MAX) if is_container else host_text.text_now(value)
    )


class _Shown:
    """A text that stands for a value, for ``%s`` and ``%r`` alike."""

    __slots__ = ("_text", "is_cut")

    def __init__(self, text: str) -> None:
        self._text = text[:TEXT_MAX]
        self.is_cut = len(text) > TEXT_MAX

    def __str__(self) -> str:
        return self._text

    __repr__ = __str__


def _is_small(values: Collection[Any], strangers: list[object]) -> bool:
    """Return whether values have no more than ``SMALL`` characters, roughly.

    Args:
        values: what is to be formatted.
        strangers: gets the values whose text the host's code makes.
    """
    left = SMALL
    level: list[Collection[Any]] = [values]
    for part in level:  # it grows
        left -= ITEM * len(part)
        if left < 0:
            return False
        for value in part:
            kind = type(value)
            if kind in TEXTS:
                left -= len(value)
            elif kind is dict:
                level += value, value.values()
            elif kind in BRACKETS:
                level.append(value)
            elif kind not in CONSTANTS:
                level += container_text.inside(value, strangers)
    return left >= 0


def _unfit(text: str, args: Any, error: BaseException) -> str:
    """Show the arguments behind a text that has no place for them, or why they have no text."""
    values = args if type(args) is tuple else (args,)
    try:
        parts = [container_text.shown(value, TEXT_MAX) for value in values[:FEW]]
        shown = ", ".join(parts)[:TEXT_MAX]
    except BaseException as another:
        if not is_hosts(another):
            raise
        shown = type(error).__name__
    return f"{text} (arguments do not fit: {shown})"
