"""SQLite file of 10,000 invented users → what the demo bot tells of them."""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from debugcog import Conversation, Message, Page, RecentInteraction, UserProfile, UserQuery

T = TypeVar("T")

COUNT = 10_000
DAY = 86_400.0
SEED = 7
SCHEMA = """
CREATE TABLE users (
    id TEXT PRIMARY KEY, name TEXT, affection REAL, conversations INT, messages INT, last_seen REAL
);
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY, user_id TEXT, title TEXT, messages INT, last_at REAL
);
CREATE TABLE messages (id INTEGER PRIMARY KEY, conversation INT, at REAL, author TEXT, text TEXT);
CREATE INDEX conversations_of_user ON conversations (user_id);
CREATE INDEX messages_of_conversation ON messages (conversation);
"""
MOODS = (
    *("amber", "bold", "calm", "dizzy", "eager", "fancy", "gentle", "happy", "idle", "jolly"),
    *("keen", "lucky", "mellow", "noble", "odd", "proud", "quiet", "rapid", "shy", "tiny"),
)
ANIMALS = (
    *("ant", "bear", "crow", "deer", "eel", "fox", "goat", "hare", "ibis", "jay"),
    *("koala", "lynx", "mole", "newt", "otter", "pike", "quail", "raven", "seal", "toad"),
    *("urchin", "vole", "wolf", "yak", "zebra"),
)
TALKS = (
    ("Monads", "What is a monad?", "A value in a box that knows how to be chained."),
    ("A story", "Tell me a story.", "Once there was a server that never slept."),
    ("The match", "Who won the match?", "I do not watch sports, but I hope your side did."),
    ("Cooking", "How do I boil an egg?", "Seven minutes, then cold water."),
    ("Weather", "Is it going to rain?", "Take an umbrella: the sky has opinions."),
)
BOT = "Demo bot"
COLUMNS = {
    name: name for name in ("name", "affection", "conversations", "messages", "last_seen")
}  # what may stand in a query
ADDED_AFFECTION = 0.5


class Users:
    """Keeps users in a file, on a thread of its own.

    Args:
        path: of the file; its folder is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="demo-users")
        self._file: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the file, and fill it where it is new."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    def close(self) -> None:
        """Close the file; twice is harmless."""
        file, self._file = self._file, None
        if file is not None:
            self._thread.submit(file.close)
        self._thread.shutdown()

    async def profiles(self, query: UserQuery) -> Page[UserProfile]:
        """Return some of the users."""
        order = f"{COLUMNS[query.sort]} {'DESC' if query.descending else 'ASC'}, id"
        where = "WHERE instr(lower(name), lower(?)) OR id = ?"
        wanted = (query.search, query.search)

        def read(file: sqlite3.Connection) -> Page[UserProfile]:
            sql = f"SELECT * FROM users {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - of COLUMNS
            rows = file.execute(sql, (*wanted, query.limit, query.offset))
            count = f"SELECT count(*) FROM users {where}"  # noqa: S608 - a constant
            return Page([_profile(row) for row in rows], file.execute(count, wanted).fetchone()[0])

        return await self._run(read)

    async def profile(self, user_id: str) -> UserProfile | None:
        """Return one user, with the questions that came last."""

        def read(file: sqlite3.Connection) -> UserProfile | None:
            row = file.execute("SELECT * FROM users WHERE id = ?", (user_id,)).fetchone()
            recent = file.execute(
                "SELECT at, title FROM messages JOIN conversations ON conversation ="
                " conversations.id WHERE user_id = ? AND author != ? ORDER BY at DESC LIMIT 10",
                (user_id, BOT),
            )
            asked = [RecentInteraction(at=at, text=f"asked about {title}") for at, title in recent]
            return _profile(row, asked) if row else None

        return await self._run(read)

    async def conversations(self, user_id: str, offset: int, limit: int) -> Page[Conversation]:
        """Return some conversations of a user, the latest first."""

        def read(file: sqlite3.Connection) -> Page[Conversation]:
            rows = file.execute(
                "SELECT id, title, messages, last_at FROM conversations WHERE user_id = ?"
                " ORDER BY last_at DESC LIMIT ? OFFSET ?",
                (user_id, limit, offset),
            )
            found = [
                Conversation(id=str(number), title=title, messages=count, last_at=at)
                for number, title, count, at in rows
            ]
            sql = "SELECT count(*) FROM conversations WHERE user_id = ?"
            return Page(found, file.execute(sql, (user_id,)).fetchone()[0])

        return await self._run(read)

    async def messages(
        self, user_id: str, conversation_id: str, offset: int, limit: int
    ) -> Page[Message]:
        """Return some messages of a conversation, the latest first."""

        def read(file: sqlite3.Connection) -> Page[Message]:
            where = (
                "FROM messages JOIN conversations ON conversation = conversations.id"
                " WHERE user_id = ? AND conversation = ?"
            )
            whose = (user_id, conversation_id)
            sql = f"SELECT at, author, text {where} ORDER BY at DESC LIMIT ? OFFSET ?"
            rows = file.execute(sql, (*whose, limit, offset))
            found = [Message(at=at, author=author, text=text) for at, author, text in rows]
            return Page(found, file.execute(f"SELECT count(*) {where}", whose).fetchone()[0])

        return await self._run(read)

    async def remember(self, user_id: int, name: str, question: str, answer: str) -> None:
        """Keep what somebody asked, in one conversation for each question."""
        await self._run(lambda file: _remember(file, str(user_id), name, question, answer))

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        file = self._file
        assert file is not None, "open() comes first"

        def transact() -> T:
            with file:
                return work(file)

        return await asyncio.get_running_loop().run_in_executor(self._thread, transact)

    def _open(self) -> None:
        is_new = not self._path.exists()
        self._file = sqlite3.connect(self._path, check_same_thread=False)
        if is_new:
            self._file.executescript(SCHEMA)
            with self._file:
                _fill(self._file, random.Random(SEED), time.time())


def _profile(
    row: tuple[str, str, float, int, int, float], recent: list[RecentInteraction] | None = None
) -> UserProfile:
    user_id, name, affection, conversations, messages, last_seen = row
    return UserProfile(
        id=user_id,
        name=name,
        affection=affection,
        conversations=conversations,
        messages=messages,
        last_seen=last_seen,
        interactions=recent or (),
    )


def _remember(
    file: sqlite3.Connection, user_id: str, name: str, question: str, answer: str
) -> None:
    now = time.time()
    known = "SELECT id FROM conversations WHERE user_id = ? AND title = ?"
    file.execute("INSERT OR IGNORE INTO users VALUES (?, ?, 20, 0, 0, 0)", (user_id, name))
    if not file.execute(known, (user_id, question)).fetchone():
        new = "INSERT INTO conversations (user_id, title, messages, last_at) VALUES (?, ?, 0, 0)"
        file.execute(new, (user_id, question))
        more = "UPDATE users SET conversations = conversations + 1 WHERE id = ?"
        file.execute(more, (user_id,))
    ((number,),) = file.execute(known, (user_id, question)).fetchall()
    file.executemany(
        "INSERT INTO messages (conversation, at, author, text) VALUES (?, ?, ?, ?)",
        [(number, now, name, question), (number, now + 0.001, BOT, answer)],
    )
    file.execute(
        "UPDATE conversations SET messages = messages + 2, last_at = ? WHERE id = ?", (now, number)
    )
    file.execute(
        "UPDATE users SET messages = messages + 2, last_seen = ?,"
        " affection = min(100, affection + ?) WHERE id = ?",
        (now, ADDED_AFFECTION, user_id),
    )


def _fill(file: sqlite3.Connection, source: random.Random, now: float) -> None:
    numbers = itertools.count(1)
    users, conversations, messages = [], [], []
    for user_id, name in _names():
        last_seen = now - source.expovariate(1 / (6 * DAY))
        count = source.choice((0, 1, 1, 2, 3))
        for back in range(count):
            number, at = next(numbers), last_seen - back * DAY
            title, question, answer = source.choice(TALKS)
            conversations.append((number, user_id, title, 2, at))
            messages += [(number, at - 5.0, name, question), (number, at, BOT, answer)]
        affection = round(source.triangular(0, 100, 35), 1)
        users.append((user_id, name, affection, count, 2 * count, last_seen))
    file.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)", users)
    file.executemany("INSERT INTO conversations VALUES (?, ?, ?, ?, ?)", conversations)
    file.executemany(
        "INSERT INTO messages (conversation, at, author, text) VALUES (?, ?, ?, ?)", messages
    )


def _names() -> Iterator[tuple[str, str]]:
    """Yield an id and a name for each user."""
    made = itertools.product(range(COUNT // len(MOODS) // len(ANIMALS)), MOODS, ANIMALS)
    for number, (suffix, mood, animal) in enumerate(made):
        yield str(10_000 + number), f"{mood}_{animal}{suffix or ''}"
