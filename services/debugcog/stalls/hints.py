"""Calls of a blocking stack → a hint: what it was doing, and what to do instead.

One line of ``HINTS`` is one kind of work; to add one, add a line. What a library's code was doing
is told by its path, nearest to the host's line first: ``import pandas`` imports, and makes no
tables. The text of that line tells only what C code was doing that it has called. Both are tried
from the top: what stands above is more specific (``requests`` before sockets). That a library
sleeps is told by its own line.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from services.debugcog.frozen import frozen
from services.debugcog.patterns import late_pattern
from services.debugcog.stalls.stacks import Call

THREAD = "`await asyncio.to_thread(…)`"
PROCESS = "in another process (a thread does not help)"


@frozen
class Hint:
    """One kind of work that blocks.

    Attributes:
        text: what it is, and what to do instead.
        code: folders or files of a library: a whole part of its path.
        source: what the running expression looks like, in the host's code; a regular expression.
    """

    text: str
    code: tuple[str, ...] = ()
    source: str = r"(?!)"


DATABASE = Hint(
    f"blocking database client; use an asyncio one, or {THREAD}",
    (
        *("psycopg2", "psycopg", "pg8000", "pymysql", "mysql", "MySQLdb", "mariadb", "pymssql"),
        *("oracledb", "pymongo", "redis", "sqlalchemy", "peewee.py"),
    ),
    r"\b(psycopg2?|pymysql|MySQLdb|mariadb|pyodbc|pymssql|oracledb|pymongo|redis)\.\w+\(",
)
SQLITE = Hint(
    f"SQLite; use aiosqlite, or {THREAD}",
    ("sqlite3",),
    r"\bsqlite3\.\w+\(|\.(execute(many|script)?|commit|rollback|fetch(one|many|all))\(",
)
DRIVERS_IN_C = (
    "psycopg2",
    "psycopg_c",
    "MySQLdb",
    "_mysql_connector",
    "mariadb",
    "pyodbc",
    "pymssql",
)
"""Modules whose cursors are C code: a line that executes something is as likely theirs."""
SLEEP = Hint("`time.sleep`; use `await asyncio.sleep(…)`", source=r"(?<!asyncio\.)\b_?sleep\(")
HINTS = (
    SLEEP,
    Hint("`input`; the loop waits for the console", source=r"\binput\("),
    Hint(
        f"blocking HTTP; use aiohttp, or {THREAD}",
        ("requests", "urllib", "urllib3", "http", "httpx", "httplib2"),
        r"\b(requests|httpx)\.\w+\(|\burlopen\(|\burlretrieve\(",
    ),
    Hint(
        f"subprocess; use `asyncio.create_subprocess_exec`, or {THREAD}",
        ("subprocess.py",),
        r"\bsubprocess\.\w+\(|\bos\.(system|popen|waitpid)\(",
    ),
    Hint(
        f"regular expression; simplify it, limit its input, or run it {PROCESS}",
        ("re", "sre_compile.py", "sre_parse.py", "regex"),
        r"\b(re|regex)\.\w+\(|\.(fullmatch|findall|finditer|subn?)\("
        r"|(\b([A-Z0-9_]+|(\w*_)?(re|rx|pat)|\w*(regexp?|pattern|matcher))|\))\.(match|search)\(",
    ),
    Hint(
        f"large JSON; keep less in it, or handle it {PROCESS}",
        ("json", "simplejson"),
        r"\b(u|or|simple)?json\.\w+\(|\.(raw_decode|iterencode)\(",
    ),
    Hint(
        f"YAML; use its C loader, keep less in it, or handle it {PROCESS}",
        ("yaml", "ruamel"),
        r"\byaml\.\w+\(",
    ),
    Hint(
        f"pickling or copying; handle less at a time, or do it {PROCESS}",
        ("pickle.py", "copy.py", "shelve.py"),
        r"\b(c?[pP]ickle|marshal|shelve|dill|cloudpickle)\.\w+\(|\bdeepcopy\(",
    ),
    DATABASE,
    SQLITE,
    Hint(
        f"image work; use {THREAD}, or another process",
        ("PIL", "cv2", "imageio", "wand", "skimage", "matplotlib"),
        r"\b(Image\w*|cv2)\.\w+\(|\.(resize|thumbnail|convert|paste|rotate)\(",
    ),
    Hint(
        f"audio or machine learning; use {THREAD}, or another process",
        ("pydub", "librosa", "torch", "transformers", "tensorflow", "whisper"),
        r"\b(torch|whisper)\.\w+\(",
    ),
    Hint(
        f"tables or arrays; use {THREAD}, or another process",
        ("pandas", "numpy", "scipy", "polars"),
        r"\b(pd|np|numpy|pandas)\.[\w.]+\(",
    ),
    Hint(
        f"compression or archives; use {THREAD}",
        ("zipfile", "zipfile.py", "tarfile.py", "gzip.py", "bz2.py", "lzma.py", "_compression.py"),
        r"\b(zlib|gzip|bz2|lzma|zipfile|tarfile|zstandard|brotli)\.\w+\(|\.(de)?compress\(|\.(extract(all)?|writestr)\(",
    ),
    Hint(
        f"hashing; use {THREAD}",
        ("hashlib.py", "bcrypt", "passlib"),
        r"\b(hashlib|bcrypt|argon2)\.\w+\(|\b(pbkdf2_hmac|scrypt|checkpw|hashpw)\(",
    ),
    Hint(
        "importing; import it before the bot starts",
        ("importlib", "<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"),
        r"\b(__import__|import_module)\(",
    ),
    Hint(
        f"blocking socket; use `asyncio.open_connection`, an asyncio library, or {THREAD}",
        ("socket.py", "ssl.py", "smtplib.py", "ftplib.py", "imaplib.py", "paramiko"),
        r"\bsocket\.\w+\(|\.(recv(_into|from)?|accept|connect|connect_ex|sendall|makefile)\(|\bgethostby\w+\(|\bgetaddrinfo\(",
    ),
    Hint(
        "waiting for a thread; await it instead (`asyncio.Lock`, `asyncio.wrap_future`)",
        ("threading.py", "queue.py", "_base.py"),
        r"\.(acquire|result)\(",
    ),
    Hint(
        f"file work; use {THREAD}",
        (
            "pathlib.py",
            "pathlib",
            "shutil.py",
            "glob.py",
            "tempfile.py",
            "csv.py",
            "configparser.py",
            "<frozen os>",
            "<frozen genericpath>",
            "os.py",
        ),
        r"\bopen\(|\.(read|write)\w*\(|\bos\.(walk|listdir|scandir|stat|remove|rename|replace|fsync|makedirs)\(|\bshutil\.\w+\(|\.(rglob|iterdir|flush)\(",
    ),
)
"""From the most specific to the most general."""
COMPUTING = Hint(
    "Python code that computes; do less at a time, with `await asyncio.sleep(0)` between, or run "
    "it in another process"
)
SLEEPING_LIBRARY = Hint(f"`time.sleep` in a library; use {THREAD}")

_SOURCES = {hint: late_pattern(hint.source) for hint in HINTS}


def hint_for(calls: Sequence[Call], computing: bool) -> str:
    """Return the hint for calls from the innermost to the host's own, or an empty text.

    Args:
        calls: innermost first; the last one is the host's, where it has one.
        computing: whether the process used its time to compute.
    """
    if not calls:
        return ""
    libraries = calls[:-1]
    found = next(filter(None, map(_by_path, reversed(libraries))), None)
    if found is None and all(call.is_pythons for call in libraries):
        found = _by_source(calls[-1].source())
    if found is None and libraries and _SOURCES[SLEEP].search(calls[0].source()):
        found = SLEEPING_LIBRARY
    if found is None:
        return COMPUTING.text if computing else ""
    return found.text


def _by_path(call: Call) -> Hint | None:
    parts = call.module_parts
    return next((hint for hint in HINTS if not set(hint.code).isdisjoint(parts)), None)


def _by_source(source: str) -> Hint | None:
    found = next((hint for hint in HINTS if _SOURCES[hint].search(source)), None)
    if found is SQLITE and "sqlite3." not in source:
        return DATABASE if any(name in sys.modules for name in DRIVERS_IN_C) else SQLITE
    return found
