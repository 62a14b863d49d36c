"""What a provider answered → the same, checked, bounded and without secrets.

Everything is read by Python's own types, so no code of the host's runs here: neither a property of
a class that is derived from ours, nor a ``__getitem__`` of a list that is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from services.debugcog.exceptions import storable, type_name
from services.debugcog.frozen import frozen
from services.debugcog.guard import attempt
from services.debugcog.logfile.text import MARGIN, Redact, shortened
from services.debugcog.timeseries.numeric import as_number
from services.debugcog.users.provider import (
    Conversation,
    Message,
    Page,
    RecentInteraction,
    UserProfile,
)

T = TypeVar("T")

ROWS_MAX = 50
INTERACTIONS_MAX = 20
ID_MAX = 100
NAME_MAX = 100
TITLE_MAX = 200
TEXT_MAX = 4_000
TOTAL_MAX = 10**12
NUMBER_MAX = 1e15
LATEST = 2.0**33
"""Unix seconds, in the year 2242: what is beyond is no time in seconds."""

Fields = Mapping[str, Any]


class NonsenseError(ValueError):
    """What came is not what was asked for; the text says what it is, and what it should be."""


@frozen
class Checked(Generic[T]):
    """The good rows of a page.

    Attributes:
        rows: 50 at most.
        total: rows on all pages.
        trouble: what is wrong with the others; empty where nothing is.
    """

    rows: tuple[T, ...]
    total: int
    trouble: str = ""


class Checker:
    """Reads what a provider answered.

    Args:
        redact: takes the secrets out of a text.
    """

    def __init__(self, redact: Redact) -> None:
        self._redact = redact

    def profiles(self, answer: object) -> Checked[UserProfile]:
        """Read a page of profiles; a list does not show their interactions.

        Raises:
            NonsenseError: it is no page.
        """
        return self._page("profiles", answer, UserProfile, self._listed)

    def profile(self, answer: object) -> UserProfile | None:
        """Read one profile.

        Raises:
            NonsenseError: it is none.
        """
        if answer is None:
            return None
        return self._profile(_fields(answer, UserProfile, "what profile() answered"))

    def conversations(self, answer: object) -> Checked[Conversation]:
        """Read a page of conversations.

        Raises:
            NonsenseError: it is no page.
        """
        return self._page("conversations", answer, Conversation, self._conversation)

    def messages(self, answer: object) -> Checked[Message]:
        """Read a page of messages.

        Raises:
            NonsenseError: it is no page.
        """
        return self._page("messages", answer, Message, self._message)

    def _page(
        self, method: str, answer: object, kind: type, make: Callable[[Fields], T]
    ) -> Checked[T]:
        if type(answer) is not Page:
            raise NonsenseError(f"{method}() answered {_a(answer)}, not a debugcog.Page")
        rows, problems = [], []
        items = _items(answer.items, f"items of {method}()")
        for item in items[:ROWS_MAX]:
            try:
                rows.append(make(_fields(item, kind, f"a row of {method}()")))
            except NonsenseError as problem:
                problems.append(str(problem))
        total = max(_whole("Page.total", answer.total) or 0, len(items[:ROWS_MAX]))
        return Checked(tuple(rows), min(total, TOTAL_MAX), _left_out(problems))

    def _listed(self, fields: Fields) -> UserProfile:
        return self._profile({**fields, "interactions": ()})

    def _profile(self, fields: Fields) -> UserProfile:
        return UserProfile(
            id=self._id("UserProfile.id", fields["id"]),
            name=self._text("UserProfile.name", fields["name"], NAME_MAX),
            affection=_number("UserProfile.affection", fields["affection"]),
            conversations=_whole("UserProfile.conversations", fields["conversations"]),
            messages=_whole("UserProfile.messages", fields["messages"]),
            last_seen=_time("UserProfile.last_seen", fields["last_seen"]),
            interactions=tuple(self._interactions(fields["interactions"])),
        )

    def _interactions(self, given: object) -> Iterator[RecentInteraction]:
        for item in _items(given, "UserProfile.interactions")[:INTERACTIONS_MAX]:
            fields = _fields(item, RecentInteraction, "one of UserProfile.interactions")
            yield RecentInteraction(
                at=_known_time("RecentInteraction.at", fields["at"]),
                text=self._text("RecentInteraction.text", fields["text"], TITLE_MAX),
            )

    def _conversation(self, fields: Fields) -> Conversation:
        return Conversation(
            id=self._id("Conversation.id", fields["id"]),
            title=self._text("Conversation.title", fields["title"], TITLE_MAX),
            messages=_whole("Conversation.messages", fields["messages"]),
            last_at=_time("Conversation.last_at", fields["last_at"]),
        )

    def _message(self, fields: Fields) -> Message:
        return Message(
            at=_known_time("Message.at", fields["at"]),
            author=self._text("Message.author", fields["author"], NAME_MAX),
            text=self._text("Message.text", fields["text"], TEXT_MAX),
        )

    def _id(self, name: str, value: object) -> str:
        """Return an id; it goes into addresses, and comes back to the provider as it is."""
        text = _digits(value) if type(value) is int else value
        if type(text) is not str:
            raise NonsenseError(f"{name} is {_a(value)}, not a text")
        if not 0 < len(text) <= ID_MAX or not text.isprintable():
            raise NonsenseError(f"{name} has to be 1 to {ID_MAX} printable characters")
        if self._redact(text) != text:
            raise NonsenseError(f"{name} looks like a secret, so it is not shown")
        return text

    def _text(self, name: str, value: object, limit: int) -> str:
        if not isinstance(value, str):
            raise NonsenseError(f"{name} is {_a(value)}, not a text")
        near = storable(str.__getitem__(value, slice(0, limit + MARGIN + 1)))
        clean, is_whole = shortened(near, self._redact, limit)
        return clean if is_whole else f"{clean}…"


def _fields(value: object, kind: type, what: str) -> Fields:
    if type(value) is not kind:
        raise NonsenseError(f"{what} is {_a(value)}, not a debugcog.{kind.__name__}")
    names: Sequence[str] = kind.__slots__  # type: ignore[attr-defined]  # of a dataclass of ours
    return {name: getattr(value, name) for name in names}


def _items(value: object, what: str) -> Sequence[object]:
    if type(value) is list or type(value) is tuple:
        return value
    raise NonsenseError(f"{what} is {_a(value)}, not a list or tuple")


def _digits(value: int) -> str:
    """Write an id; one that is far too long, which Python may refuse to write, as an empty one."""
    return str(value) if abs(value) < 10**ID_MAX else ""


def _number(name: str, value: object) -> float | None:
    if value is None:
        return None
    number = attempt(lambda: as_number(value), math.nan)
    if not abs(number) <= NUMBER_MAX:
        raise NonsenseError(f"{name} is {_a(value)}, not a number up to {NUMBER_MAX:g}")
    return number


def _whole(name: str, value: object) -> int | None:
    number = _number(name, value)
    if number is not None and (number < 0 or number % 1):
        raise NonsenseError(f"{name} is {number:g}, not a whole number from 0 on")
    return None if number is None else int(number)


def _time(name: str, value: object) -> float | None:
    number = _number(name, value)
    if number is not None and not 0 <= number <= LATEST:
        raise NonsenseError(f"{name} is {number:g}, not a time in unix seconds")
    return number


def _known_time(name: str, value: object) -> float:
    time = _time(name, value)
    if time is None:
        raise NonsenseError(f"{name} is None, not a time in unix seconds")
    return time


def _left_out(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    rows = "1 row is" if len(problems) == 1 else f"{len(problems)} rows are"
    return f"{rows} left out: {problems[0]}"


def _a(value: object) -> str:
    return "None" if value is None else f"of type {type_name(type(value))}"
