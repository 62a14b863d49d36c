"""Exception → what distinguishes it from others of its type: status, error code, file, module.

Statuses are found by the names that HTTP clients have for them:

- ``status``: discord.py, aiohttp, PyGithub, kubernetes; with its text after it, falcon
- ``status_code``: openai, anthropic, azure, starlette, elasticsearch
- ``http_status``, ``http_status_code``, ``http_code``: stripe, spotipy, and clients like them
- ``response_code``: python-gitlab; ``errcode``: xmlrpc
- ``response`` with one of these: requests, httpx, prawcore, tweepy, slack_sdk
- ``http_response``, ``res`` and ``rsp`` likewise: firebase_admin; aiogoogle; gTTS
- ``response["ResponseMetadata"]["HTTPStatusCode"]``: botocore
- ``resp.status``: googleapiclient
- ``code``, ``error_code``, of types that are named HTTP, API, …: urllib, tornado, werkzeug, google,
  pyTelegramBotAPI, gql

What else services tell is in ``reasons``.

Files that are loaded are named by a SyntaxError, by ``problem_mark`` of PyYAML and ruamel.yaml, and
by ``source`` of configparser; not by their traceback, which ends in the library.

Databases have codes of their own: ``sqlite_errorcode`` of sqlite3, ``sqlstate`` of PostgreSQL,
``errno`` of mysql.connector, ``code`` of pymongo, the first argument of PyMySQL and mysqlclient.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from services.debugcog.errors import reasons
from services.debugcog.errors.attributes import TEXT_MAX, attribute, integer, part, short_text
from services.debugcog.errors.stacks import without_ids
from services.debugcog.exceptions import arguments_of, attributes_of, cause_of
from services.debugcog.guard import attempt
from services.debugcog.host_text import answers_to, doubt_if_late
from services.debugcog.patterns import late_pattern

STATUSES = (
    *("status", "status_code", "http_status", "http_status_code", "http_code"),
    *("response_code", "errcode"),
)
CODES = ("code", "error_code")
RESPONSES = ("response", "resp", "http_response", "res", "rsp")
STATUS_MIN, STATUS_MAX = 100, 599
STATUS = late_pattern("[1-5][0-9]{2}(?: |$)")
"""A status as a text, alone or with what it means after it."""
ATTRIBUTES = frozenset(
    (
        *(*STATUSES, *RESPONSES, *CODES, *reasons.NUMBERS, "errno", "filename", "name"),
        *("sqlite_errorcode", "sqlstate", "problem_mark", "source"),
    )
)
"""All that is read of an exception whose type is not looked for."""
WEB = late_pattern(
    "HTTP|Http|API|Api|(?:Request|Response|Server|Transport)(?:Error|Exception)|TransportServer"
)
"""In the name of a type whose code is a status; others have codes of any kind."""
CLOSED = "ConnectionClosed"
"""Type of discord.py and its forks for a gateway or voice server that ended the connection."""
EXTENSION = "ExtensionError"
"""Type of discord.py and its forks for a cog that is not there, or has no ``setup``; one that fails
itself is told by its cause, however many load it."""
MYSQL, MONGO = "MySQLError", "PyMongoError"
"""First types of PyMySQL and mysqlclient, and of pymongo."""
YAML, CONFIG = "MarkedYAMLError", "configparser"
"""Type of a file of YAML with a mistake, and module of those for one of ``.ini``."""
PATH = type(Path())
NAMED = reasons.TYPES | {reasons.DISCORD, MYSQL}
"""Types that tell something without an attribute of their own that is looked for."""
SQLSTATE = late_pattern("[0-9A-Z]{5}")
VARIES = late_pattern(r"\d+|(?<![^\\/])tmp[a-z0-9_]{8}(?![a-z0-9_])")
"""What differs from file to file of one kind: a user's id, a temporary name."""
TYPED = late_pattern(r"(?<!\w)(?=[a-f]*\d)[0-9a-f]{8,}(?!\w)|\d+")
"""What differs in the name of code that somebody has typed in: a number, a hash."""

# Made once for the process, as what a type has is the same for all who ask.
_kinds: WeakKeyDictionary[type, bool] = WeakKeyDictionary()
"""Types that were looked at, and whether what is read here may be found in one."""


def distinctions(error: BaseException, shown: Callable[[str], str]) -> Iterator[str]:
    """List what distinguishes an exception from others of its type.

    Args:
        error: the exception.
        shown: gives a path relative to the host's folder, or what else identifies it.
    """
    if not has_none(error) and can_be_read(error):
        begun = time.monotonic()
        found = list(_distinctions(error, shown))
        doubt_if_late(type(error), begun)
        yield from found


def can_be_read(error: BaseException) -> bool:
    """Return whether what is read of an exception comes at once, as far as one knows.

    An attribute may be code of the host's, which waits for something.
    """
    return answers_to(error, READ)


def _distinctions(error: BaseException, shown: Callable[[str], str]) -> Iterator[str]:
    kind = type(error)
    names = attempt(lambda: [each.__name__ for each in kind.__mro__], [])
    if issubclass(kind, SyntaxError) and (file := file_of(error)):
        yield f"file {TYPED.sub('?', file) if file.startswith('<') else without_ids(shown(file))}"
    if issubclass(kind, ImportError) and (module := short_text(error, "name")):
        yield f"module {without_ids(module)}"
    if EXTENSION in names and cause_of(error) is None and (module := short_text(error, "name")):
        yield f"extension {without_ids(module)}"
    if (status := _status(error, names)) is not None:
        yield f"http {status}"
    if CLOSED in names and (code := integer(attribute(error, "code"))) is not None:
        yield f"closed {code}"
    if reasons.DISCORD in names:
        yield from reasons.discord_reasons(error)
    yield from _system_codes(error, names)
    yield from reasons.reasons(error, names, is_web=status is not None)
    if file := _loaded_file(error, names):
        yield f"file {file if file.startswith('<') else VARIES.sub('?', shown(file))}"


def has_none(error: BaseException) -> bool:
    """Return whether an exception can have nothing of it, as most; that takes a moment.

    What its class has counts as it was when the first of it came.
    """
    return carries_none(error) and not attempt(partial(_tells, type(error)), True)


def carries_none(error: BaseException) -> bool:
    """Return whether an exception has nothing of it beyond what its class has."""
    return ATTRIBUTES.isdisjoint(attributes_of(error))


def file_of(error: BaseException) -> str:
    """Return the file that a SyntaxError tells of; empty where it tells of none."""
    return short_text(error, "filename")


def _loaded_file(error: BaseException, names: list[str]) -> str:
    """Return the file of settings or data that has a mistake, if an exception tells of one."""
    file: object = None
    if YAML in names:
        file = attribute(attribute(error, "problem_mark"), "name")
    elif attempt(lambda: any(each.__module__ == CONFIG for each in type(error).__mro__), False):
        file = attribute(error, "source")
    file = str(file) if type(file) is PATH else file
    return file[:TEXT_MAX] if type(file) is str else ""


def line_of(error: BaseException) -> int:
    """Return the line that a SyntaxError tells of; 0 where it tells of none."""
    return integer(attribute(error, "lineno")) or 0


def _read(error: Any) -> object:
    return list(_distinctions(error, str))


READ = (_read,)


def _tells(kind: type) -> bool:
    found = _kinds.get(kind)
    if found is None:
        is_named = any(each.__name__ in NAMED for each in kind.__mro__)
        found = is_named or any(not ATTRIBUTES.isdisjoint(vars(each)) for each in kind.__mro__)
        _kinds[kind] = found
    return found


def _system_codes(error: BaseException, names: list[str]) -> Iterator[str]:
    """List the codes that the operating system or a database has given."""
    for name in ("errno", "sqlite_errorcode"):
        number = integer(attribute(error, name))
        yield from () if number is None else (f"{name} {number}",)
    number = None
    if MONGO in names:
        number = integer(attribute(error, "code"))
    elif MYSQL in names:
        number = next(map(integer, arguments_of(error)), None)
    yield from () if number is None else (f"database {number}",)
    if SQLSTATE.fullmatch(state := short_text(error, "sqlstate")):
        yield f"sqlstate {state}"


def _status(error: BaseException, names: list[str]) -> int | None:
    """Find the HTTP status that an exception tells of."""
    found = _first_status(error)
    for name in RESPONSES:
        if found is None and (response := attribute(error, name)) is not None:
            found = _first_status(response) or _status_in(response)
    if found is None and WEB.search(" ".join(names)):
        found = next(filter(None, (_as_status(attribute(error, name)) for name in CODES)), None)
    return found


def _first_status(value: object) -> int | None:
    read = part if issubclass(type(value), dict) else attribute
    for name in STATUSES:
        found = read(value, name)
        if found is not None and (status := _as_status(found)) is not None:
            return status
    return None


def _status_in(response: object) -> int | None:
    """Find the status in a response that is a dictionary."""
    return _as_status(part(part(response, "ResponseMetadata"), "HTTPStatusCode"))


def _as_status(value: object) -> int | None:
    if type(value) is str and STATUS.match(value):
        value = int(value[:3])
    number = integer(value)
    return number if number is not None and STATUS_MIN <= number <= STATUS_MAX else None
