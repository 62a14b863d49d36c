"""Any text → the same text without secrets in SQL, commands of servers, forms, and cookies.

What is inserted stands apart from the names of the columns, so a text that is opaque goes wherever
a column of the statement names a secret: in ``VALUES (…)`` and in SQLAlchemy's parameters.
"""

from __future__ import annotations

import re

from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import REDACTED
from services.debugcog.redaction.key_names import names_secret, names_section
from services.debugcog.redaction.key_values import is_secret
from services.debugcog.redaction.notations import BREAK
from services.debugcog.redaction.values import is_opaque

INSERTED = late_pattern(
    r"((?:INSERT|REPLACE) [^()\n]{1,100}\([^()\n]{1,1000}\)\s{1,20}VALUES )"
    r"(\([^\n]{1,4000})"
)
PARAMETERS = late_pattern(
    r"(\[SQL: [^\n]{1,4000}\](?:\n| ?⏎ ?|\\{1,4}n)\[parameters: )([^\n]{1,4000})"
)
BEHIND = late_pattern(
    r"(?P<mark>\\{0,8}[\"'])\s{0,40}(?P<statement>"
    r"(?:DELETE|INSERT|MERGE|REPLACE|SELECT|UPDATE|WITH)\s"
    r"(?:(?!(?P=mark))(?:\\{1,8}[\"']|[^\0])){1,4000})(?P=mark)"
    r", ?(?P<values>[\[({][^\n]{1,4000})"
)
"""A statement in quotes with its parameters behind it, as drivers and ORMs log a call."""
VERBS = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ")
ROW = late_pattern(r"(Failing row contains \()([^\n]{1,4000})")
COLUMN = late_pattern(r"column \\{0,8}\"(\w{3,60})")
TABLE = late_pattern(r"relation \\{0,8}\"(\w{3,60})")
ITEM = late_pattern(r"[^\s,()'\"\\]{8,1024}")
BEFORE_ROW = 400
"""Characters before a row of PostgreSQL where its table and its column are named."""
NAME = late_pattern(r"[A-Za-z]\w{2,60}")
TEXT = late_pattern(r"(\\{0,4}['\"])((?:(?!\1)[^\n]){8,1024})\1")
GIVEN = late_pattern(
    r"(IDENTIFIED BY \\{0,4}['\"])[^\s'\"\\]{4,1024}"
    r"|(AUTH (?:PLAIN|LOGIN|XOAUTH2) )(?=[A-Z\d-]{0,100}[a-z])[\w+/=]{12,1024}"
)
"""A password of a user of MySQL, and a login of a mail server; that tells its ways in capitals."""
HEADER = late_pattern(
    r"(eader value:? b?\\{0,4}['\"])((?:(?!\\{0,4}['\"]|\\{1,4}[nr])[^\n]){16,1024})"
)
"""What an HTTP client cannot send: most often a key that was read with its line break."""
MARK = r"\\{0,8}[\"']"
ARGUMENT = rf" ?{MARK}[^\"'\\\n]{{1,1024}}{MARK},?"
HEADERS = rf"(?:{BREAK}[A-Z][\w-]{{1,40}}: [^\n\\⏎]{{1,200}}){{0,4}}"
LOGIN = late_pattern(rf"({MARK}AUTH{MARK},(?: with args beginning with:)?)((?:{ARGUMENT}){{1,2}})")
"""A login of Redis, which may have a user before the password."""
FORM = late_pattern(
    rf"(form-data; name={MARK}([\w.-]{{1,60}}){MARK}{HEADERS}{BREAK}{BREAK})"
    r"([^\n\r\\⏎]{1,2000})"
)
"""A field of a form, with the value below its headers."""
DUPLICATE = late_pattern(
    r"(Duplicate entry \\{0,4}')([^'\n]{1,1024}?)\\{0,4}' for key \\{0,4}'([\w.-]{1,128})"
    r"|( index: ([\w.$-]{1,128}) dup key: \{ : \\{0,4}\")([^\"\n]{1,1024}?)\\{0,4}\""
)
"""What is there already: MySQL's error, and that of MongoDB before 4.2, which names its index."""
TAB = r"(?:\t|\\{1,8}t)"
COOKIE = late_pattern(
    rf"((?:TRUE|FALSE){TAB}\d{{1,12}}{TAB}[^\s=;\\]{{1,100}}{TAB})([^\s\"'\\]{{8,4096}})"
)
"""A line of a file of cookies, as youtube-dl is given one."""
OF_INDEX = late_pattern(r"_(?:-?\d|idx|index|key|text|uindex|uniq|unique)\Z", re.IGNORECASE)
SHORTEST = 8


def redact_statements(text: str) -> str:
    """Replace what is opaque among the values of statements that name a secret.

    A rare letter is looked for first: that takes a twentieth of the time of a word.
    """
    text = _redact_sql(text)
    if ("Y" in text and "IDENTIFIED BY " in text) or ("U" in text and "AUTH" in text):
        text = LOGIN.sub(_without_login, GIVEN.sub(_without_given, text))
    if ";" in text and "form-data; name=" in text:
        text = FORM.sub(_without_field, text)
    is_quoted = "'" in text or '"' in text
    if is_quoted and "uplicate" in text:
        text = DUPLICATE.sub(_without_duplicate, text)
    if ("\t" in text or "\\" in text) and ("TRUE" in text or "FALSE" in text):
        text = COOKIE.sub(_without_cookie, text)
    if is_quoted and "eader value" in text:
        text = HEADER.sub(_without_header, text)
    return text


def _redact_sql(text: str) -> str:
    """Replace what is opaque in the values, parameters and rows of statements."""
    if "V" in text and " VALUES (" in text:
        text = INSERTED.sub(_without_values, text)
    if "[" in text and "[parameters: " in text:
        text = PARAMETERS.sub(_without_values, text)
    has_parameters = "?" in text or "%" in text or "$" in text
    if has_parameters and any(map(text.__contains__, VERBS)):
        text = BEHIND.sub(_without_parameters, text)
    if "(" in text and '"' in text and "Failing row" in text:
        text = ROW.sub(_without_row, text)
    return text


def _without_values(match: re.Match[str]) -> str:
    statement, values = match.groups()
    if not any(map(names_secret, NAME.findall(statement))):
        return match[0]
    return statement + TEXT.sub(_without_text, values)


def _without_parameters(match: re.Match[str]) -> str:
    if not any(map(names_secret, NAME.findall(match["statement"]))):
        return match[0]
    start = match.start("values") - match.start()
    return match[0][:start] + TEXT.sub(_without_text, match["values"])


def _without_row(match: re.Match[str]) -> str:
    """Hide what is opaque in a row whose table or missing column is named like a secret."""
    before = match.string[max(0, match.start() - BEFORE_ROW) : match.start()]
    is_secret_column = any(map(names_secret, COLUMN.findall(before)))
    if not is_secret_column and not any(map(names_section, TABLE.findall(before))):
        return match[0]
    return match[1] + ITEM.sub(_without_item, match[2])


def _without_item(match: re.Match[str]) -> str:
    return REDACTED if is_opaque(match[0], SHORTEST) else match[0]


def _without_login(match: re.Match[str]) -> str:
    return match[1] + TEXT.sub(_without_text, match[2])


def _without_field(match: re.Match[str]) -> str:
    return match[1] + REDACTED if is_secret(match[2], match[3]) else match[0]


def _without_text(match: re.Match[str]) -> str:
    quote, value = match.groups()
    return f"{quote}{REDACTED}{quote}" if is_opaque(value, SHORTEST) else match[0]


def _without_duplicate(match: re.Match[str]) -> str:
    """Hide what is in a column of secrets already, by the name of its index."""
    start, value, index = match[1] or match[4], match[2] or match[6], match[3] or match[5]
    is_named = names_secret(index) or names_secret(OF_INDEX.sub("", index))
    if not is_named or not is_opaque(value, SHORTEST):
        return match[0]
    return match[0].replace(start + value, start + REDACTED, 1)


def _without_cookie(match: re.Match[str]) -> str:
    return f"{match[1]}{REDACTED}" if is_opaque(match[2], SHORTEST) else match[0]


def _without_header(match: re.Match[str]) -> str:
    return f"{match[1]}{REDACTED}" if is_opaque(match[2], 16) else match[0]


def _without_given(match: re.Match[str]) -> str:
    return f"{match[1] or match[2]}{REDACTED}"
