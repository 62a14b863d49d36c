"""Message or interaction of a user → counts per user and per minute, in memory.

An event costs a few dictionary operations under a lock that its readers hold for microseconds.
"""

from __future__ import annotations

import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from services.debugcog.activity import seen
from services.debugcog.frozen import frozen

if TYPE_CHECKING:
    from services.debugcog.activity.seen import SeenUser

USERS_MAX = 5_000
"""The one that was not seen for the longest time is forgotten first."""


@frozen
class Changes:
    """What came since the last time it was written.

    Attributes:
        users: as they are now, with their messages and interactions since then.
        minutes: number of the minute, since 1970 → events in it since then.
    """

    users: tuple[tuple[SeenUser, int, int], ...]
    minutes: Mapping[int, int]


class _Entry:
    """The counts of one user.

    Attributes:
        active: the slot of bit 0, and the bits; one tuple, so that readers need no lock.
        saved: the messages and interactions that the state file has.
    """

    __slots__ = ("active", "interactions", "last_seen", "messages", "name", "saved")

    def __init__(self, name: str) -> None:
        self.name = name
        self.messages = 0
        self.interactions = 0
        self.last_seen = 0.0
        self.active = (0, 0)
        self.saved = (0, 0)


class ActivityCounter:
    """Counts the events of each user; any thread may write and read.

    Args:
        clock: unix time in seconds.
        users_max: how many users are kept.
    """

    def __init__(
        self, clock: Callable[[], float] = time.time, *, users_max: int = USERS_MAX
    ) -> None:
        self._clock = clock
        self._users_max = users_max
        self._users: OrderedDict[int, _Entry] = OrderedDict()
        self._dirty: set[int] = set()
        self._minute = 0
        self._in_minute = 0
        self._newest = 0
        self._by_minute = _none()
        self._unsaved: dict[int, int] = {}
        self._lock = threading.Lock()

    def message(self, user_id: int, name: str) -> None:
        """Count a message of a person."""
        now = self._clock()
        with self._lock:
            self._seen(user_id, name, now).messages += 1

    def interaction(self, user_id: int, name: str) -> None:
        """Count the use of a command, button, menu or form."""
        now = self._clock()
        with self._lock:
            self._seen(user_id, name, now).interactions += 1

    def active_users(self, start: float, end: float) -> int:
        """Count the users with an event between two moments, to five minutes.

        Args:
            start: unix seconds, at most 8 days ago.
            end: unix seconds.
        """
        first, last = seen.slots_between(start, end, seen.SLOT)
        with self._lock:
            found = [entry.active for entry in self._users.values()]
        return sum(seen.is_active(slot, slots, first, last) for slot, slots in found)

    def messages(self, start: float, end: float) -> int:
        """Count messages and interactions between two moments, in the minutes that begin there.

        Args:
            start: unix seconds, at most 8 days ago.
            end: unix seconds.
        """
        with self._lock:
            self._close_minute()
            first, last = seen.slots_between(start, end, seen.MINUTE)
            first = max(first, self._newest - seen.MINUTES + 1)
            minutes = range(first, min(last, self._newest) + 1)
            return sum(self._by_minute[minute % seen.MINUTES] for minute in minutes)

    def user(self, user_id: int) -> SeenUser | None:
        """Return what was seen of one user."""
        with self._lock:
            entry = self._users.get(user_id)
            return None if entry is None else _seen(user_id, entry)

    def users(self) -> tuple[SeenUser, ...]:
        """List all users that are kept, the one seen last at the end."""
        with self._lock:
            entries = tuple(self._users.items())
        return tuple(_seen(user_id, entry) for user_id, entry in entries)

    def forget_before(self, time: float) -> None:
        """Forget the users who were seen last before a moment, in unix seconds."""
        with self._lock:
            while self._users and next(iter(self._users.values())).last_seen < time:
                self._dirty.discard(self._users.popitem(last=False)[0])

    def changes(self) -> Changes:
        """Return what ``saved`` has not yet heard of."""
        with self._lock:
            self._close_minute()
            changed = [(one, self._users[one]) for one in self._dirty]
            minutes = dict(self._unsaved)
        users = tuple(_change(user_id, entry) for user_id, entry in changed)
        return Changes(users, minutes)

    def saved(self, changes: Changes, rows: Iterable[SeenUser]) -> None:
        """Take over the rows as they stand in the state file, now that ``changes`` are in it."""
        before = {user.id: user for user, _, _ in changes.users}
        with self._lock:
            for row in rows:
                entry, written = self._users.get(row.id), before[row.id]
                if entry is not None:
                    entry.messages += row.messages - written.messages
                    entry.interactions += row.interactions - written.interactions
                    self._is_saved(row, entry)
            for minute, count in changes.minutes.items():
                self._unsaved[minute] -= count
            self._unsaved = {minute: count for minute, count in self._unsaved.items() if count}

    def restore(self, users: Iterable[SeenUser], minutes: Iterable[tuple[int, int]]) -> None:
        """Put what earlier runs have seen before what this one has.

        Args:
            users: as the state file has them.
            minutes: numbers of minutes, since 1970, and their events.
        """
        with self._lock:
            for row in users:
                entry = self._users.setdefault(row.id, _Entry(row.name))
                entry.messages += row.messages
                entry.interactions += row.interactions
                self._is_saved(row, entry)
            by_age = sorted(self._users.items(), key=lambda item: item[1].last_seen)
            self._users = OrderedDict(by_age[-self._users_max :])
            self._dirty &= self._users.keys()
            self._close_minute()
            for minute, count in sorted(minutes):
                self._add(minute, count)

    def _is_saved(self, row: SeenUser, entry: _Entry) -> None:
        """Note what the state file has of a user."""
        entry.last_seen = max(entry.last_seen, row.last_seen)
        entry.active = seen.joined(entry.active, (row.slot, row.slots))
        entry.saved = (row.messages, row.interactions)
        if (entry.messages, entry.interactions) == entry.saved:
            self._dirty.discard(row.id)

    def _seen(self, user_id: int, name: str, now: float) -> _Entry:
        """Note an event of a user now; to be called with the lock held."""
        entry = self._users.get(user_id)
        if entry is None:
            entry = self._users[user_id] = _Entry(name)
            if len(self._users) > self._users_max:
                self._dirty.discard(self._users.popitem(last=False)[0])
        else:
            self._users.move_to_end(user_id)
        entry.name = name
        entry.last_seen = now
        slot = int(now) // seen.SLOT
        if slot != entry.active[0]:
            entry.active = seen.joined(entry.active, (slot, 1))
        self._dirty.add(user_id)
        minute = int(now) // seen.MINUTE
        if minute != self._minute:
            self._close_minute()
            self._minute = minute
        self._in_minute += 1
        return entry

    def _close_minute(self) -> None:
        """Put the events of the last minute to the others; to be called with the lock held."""
        if self._in_minute:
            minute, count = self._minute, self._in_minute
            self._in_minute = 0
            self._add(minute, count)
            self._unsaved[minute] = self._unsaved.get(minute, 0) + count

    def _add(self, minute: int, count: int) -> None:
        if abs(minute - self._newest) >= seen.MINUTES:  # the first one, or a clock that was far off
            self._by_minute = _none()
            self._newest = minute
        for between in range(self._newest + 1, minute + 1):
            self._by_minute[between % seen.MINUTES] = 0
        self._newest = max(self._newest, minute)
        self._by_minute[minute % seen.MINUTES] += count


def _seen(user_id: int, entry: _Entry) -> SeenUser:
    return seen.SeenUser(
        *(user_id, entry.name, entry.messages, entry.interactions, entry.last_seen, *entry.active)
    )


def _change(user_id: int, entry: _Entry) -> tuple[SeenUser, int, int]:
    user, (messages, interactions) = _seen(user_id, entry), entry.saved
    return user, user.messages - messages, user.interactions - interactions


def _none() -> array[int]:
    return array("L", bytes(array("L").itemsize * seen.MINUTES))
