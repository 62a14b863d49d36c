"""Texts of errors that show what is left of a secret when a program cut it, one row each.

To add one, add a row: what is before the rest in the text, and examples, which are its tests.
"""

from __future__ import annotations

from services.debugcog.frozen import frozen
from services.debugcog.redaction.notations import BREAK

MARK = r"\\{0,8}[\"']"
WORD, LINE = r"[^\s\"'\\@]{4,256}", r"(?:(?!\\{1,8}[nr])[^\"'\n⏎]){4,400}"


@frozen
class RemainderRule:
    """A sentence with the rest of a secret.

    Attributes:
        name: of the sentence.
        sign: a character that the text has, which is looked for first.
        before: what is before the rest, as a regular expression without groups that capture.
        rest: what may be shown there.
        shortest: characters of the shortest secret in it.
        source: where the sentence is documented.
        hides: texts with such a rest.
        stays: texts that are not changed.
    """

    name: str
    sign: str
    before: str
    rest: str
    shortest: int
    source: str
    hides: tuple[str, ...]
    stays: tuple[str, ...]


REMAINDER_RULES = (
    RemainderRule(
        "port of an address that a sign in its password has cut in two",
        "'",
        rf"(?:teger value as|valid port:) {MARK}",
        r"[^\s'\\]{4,256}",
        4,
        "https://docs.python.org/3/library/urllib.parse.html#urllib.parse.SplitResult",
        ("Port could not be cast to integer value as '{b62:10}'", "Invalid port: '{b62:9}'"),
        (
            "Port could not be cast to integer value as 'None', nor as '${DB_PORT}'",
            "Invalid port: '99999', Invalid port: 'postgres'",
        ),
    ),
    RemainderRule(
        'host of such an address, where it is what is behind an earlier "@" of the password',
        "@",
        rf" host (?<=slate host |solve host )(?:name )?{MARK}",
        rf"{WORD}(?=@)",
        4,
        "https://www.postgresql.org/docs/current/libpq-connect.html",
        (
            'could not translate host name "{b62:10}@db.example.com" to address: unknown',
            "failed to resolve host '{b62:12}@db.example.com': [Errno -2] Name unknown",
        ),
        (
            'could not translate host name "db.example.com" to address: unknown, ask @mia',
            "failed to resolve host 'db.example.com': [Errno -2], mia@example.com is told",
            "cannot reach host 'deploy42x@example.com'",
        ),
    ),
    RemainderRule(
        "address without a scheme that is read as a list of settings",
        "@",
        rf"missing {MARK}={MARK} after {MARK}[^\s:\"'/@]{{0,64}}:",
        rf"{WORD}(?=@)",
        4,
        "https://www.postgresql.org/docs/current/libpq-connect.html",
        (
            'invalid dsn: missing "=" after "bot:{b62:13}@db" in connection info string',
            'invalid dsn: missing "=" after ":{b62:13}@db.example:5432/bot" in connection info',
        ),
        ('invalid dsn: missing "=" after "mia@db" in connection info string',),
    ),
    RemainderRule(
        "value of a configuration with a % in it",
        "'",
        rf"(?:\({MARK}, found:|Raw value:|interpolation key|variable reference) {MARK}",
        LINE,
        4,
        "https://docs.python.org/3/library/configparser.html#interpolation-of-values",
        (
            "'%' must be followed by '%' or '(', found: '%{b62:9}'",
            "'%' must be followed by '%' or '(', found: '%{b62:7}!?'",
            "an interpolation key 'x{b62:8}' that is no option. Raw value: 'a%(x{b62:8})s'",
            "bad interpolation variable reference '%({b62:12}'",
        ),
        (
            "'%' must be followed by '%' or '(', found: '%H:%M:%S', found: '% off today'",
            "an interpolation key 'folder' that is no option. Raw value: '%(folder)s/a.log'",
            "Raw value: '%(asctime)s %(levelname)-8s %(message)s'",
        ),
    ),
    RemainderRule(
        "line of a configuration that cannot be read",
        "'",
        rf"(?:\[line {{1,4}}\d{{1,6}}\]: "
        rf"|file: {MARK}[^'\"\n]{{1,300}}{MARK}, line: \d{{1,6}}{BREAK} ?){MARK}",
        LINE,
        8,
        "https://docs.python.org/3/library/configparser.html#exceptions",
        (
            r"no section headers.\nfile: 'config.ini', line: 1\n'DISCORD_TOKEN {b62:14}!\\n'",
            "no section headers.\nfile: 'config.ini', line: 1\n'DISCORD_TOKEN {b62:14}!\\n'",
            "contains parsing errors: 'a.ini'\n\t[line  2]: 'KEY\\n'\n\t[line  3]: '  {b62:16}\\n'",
        ),
        (
            "no section headers.\nfile: 'config.ini', line: 1\n'prefix ! for commands of mia\\n'",
            "Source contains parsing errors: 'a.ini'\n\t[line 12]: '<<<<<<< HEAD\\n'",
            "Source contains parsing errors: 'a.ini'\n\t[line 12]: 'admin 81384788765712384\\n'",
        ),
    ),
)
