"""Settings → the values that are known to be secret, found in a text however it is printed.

Known are values whose key names a secret, passwords and tokens inside any value, and what the host
gives; not what is too short or too common, or one such setting would hide an ordinary word
everywhere. A text is searched for a few letters of each value first, which is all that most pay.
"""

from __future__ import annotations

import base64
import string
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from services.debugcog.frozen import frozen
from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import REDACTED, notations
from services.debugcog.redaction.key_names import shortest_secret
from services.debugcog.redaction.key_rule import WRITTEN
from services.debugcog.redaction.values import is_common, is_opaque

if TYPE_CHECKING:
    from services.debugcog.redaction.notations import Reading

SHORTEST_VALUE = 8
"""A value with fewer characters is too likely to be an ordinary word."""
BETWEEN = late_pattern(r"[\s,;|:@\"'()\[\]{}]+")
MOST_PARTS = 12
"""Parts of a value that are each looked for; a private key, told by its head, has more lines."""
LONGEST_PARTS = 3
"""Letters and digits of a value that are looked for before the whole of it: its longest parts."""
FEWEST_LETTERS = 5
"""A value with fewer characters, blanks left out, is looked for as it is written only."""
LETTERS = late_pattern(r"[A-Za-z\d]+")
DELETED = bytes(code for code in range(256) if not (code < 128 and chr(code).isalnum()))
SMALL = string.ascii_lowercase.encode()
"""What most letters of a text are: it is searched without them first."""
BREAK = late_pattern(rb"\\+[rn]|['\"]\s*\n\s*b['\"]")
"""Line breaks as repr(), JSON and pprint write them, of which a letter would be left."""


@frozen
class Form:
    """One way in which a value is written, escapes left aside.

    Attributes:
        parts: what a text has to have, the longest first, to be searched.
        texts: the value, read and squeezed, in each way that has the same parts.
    """

    parts: tuple[bytes, ...]
    texts: tuple[str, ...]


class KnownValues:
    """The known values of one process.

    Args:
        settings: every key with its value.
        values: more values.
        secrets_in: finds the secrets that a text shows by their own shape.
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        values: tuple[str, ...],
        secrets_in: Callable[[str], list[str]],
    ) -> None:
        known = {value.strip() for value in values if len(value.strip()) >= SHORTEST_VALUE}
        for key, value in settings.items():
            known.update(_secrets(key, value.strip(), secrets_in))
        self._plain = sorted(known, key=len, reverse=True)
        parts = sorted({part for value in known for part in _parts_of(value)} - known)
        forms = dict.fromkeys(form for value in (*self._plain, *parts) for form in _forms(value))
        self._forms = tuple((_figures(b"".join(form.parts[:1])), form) for form in forms)

    def hide(self, text: str) -> str:
        """Replace the values in a text."""
        letters = _letters(text)
        figures = _figures(letters)
        found = [form for few, form in self._forms if few in figures and _has(letters, form)]
        if not found:
            return text
        for value in self._plain:
            text = text.replace(value, REDACTED)
        return _without(text, found)


def _secrets(key: str, value: str, secrets_in: Callable[[str], list[str]]) -> Iterator[str]:
    """Give what is secret of a setting."""
    if len(value) < SHORTEST_VALUE:
        return
    shortest = shortest_secret(key, in_setting=True)
    is_sure = shortest is not None and shortest <= WRITTEN
    is_secret = is_sure or (shortest is not None and is_opaque(value, shortest))
    if is_secret and not is_common(value):
        yield value
    for secret in secrets_in(value):
        for form in (secret, unquote(secret)):
            if len(form) >= SHORTEST_VALUE and not is_common(form):
                yield form


def _parts_of(value: str) -> Iterator[str]:
    """Give the secrets of a list, of a pair with a login, or in quotes: ``TOKENS=first,second``.

    They are not replaced by themselves: what is left of a password would not be found any more.
    """
    parts = [] if "://" in value else BETWEEN.split(value)
    if len(parts) <= MOST_PARTS:
        yield from (part for part in parts if part != value and is_opaque(part, SHORTEST_VALUE))


def _forms(value: str) -> Iterator[Form]:
    """Give the ways in which a value is written: as it is, in base64, in hexadecimal digits."""
    whole = notations.Reading(value, range(len(value)), range(1, len(value) + 1))
    for found in (
        notations.reading(value),
        whole,
    ):  # a wrapped line parts what reads like an escape
        text = notations.squeezed(found).text
        if len(text) >= FEWEST_LETTERS:
            yield Form(_parts(value), (text, *_of_others(text)))
    raw = value.encode(errors="surrogatepass")
    for digits, apart in ((raw.hex(), raw.hex(":")), (raw.hex().upper(), raw.hex(":").upper())):
        yield Form((digits.encode(),), (digits, apart))
    for offset in range(3):  # base64 differs by where in a group of three bytes the value begins
        encoded = base64.b64encode(b"\0" * offset + raw)
        inner = encoded[(offset * 8 + 5) // 6 : (offset + len(raw)) * 8 // 6].decode()
        yield Form(_parts(inner), (notations.squeezed(notations.reading(inner)).text,))


def _of_others(text: str) -> Iterator[str]:
    """Give a value as a shell and SQL quote it, and as a program reads it in another encoding."""
    for quoted in ("'\"'\"'", "'''", "''") if "'" in text else ():
        yield text.replace("'", quoted)
    if not text.isascii():
        yield text.encode(errors="surrogatepass").decode("latin-1")
        yield text.encode(errors="surrogatepass").decode("cp1252", "replace")


def _parts(value: str) -> tuple[bytes, ...]:
    parts = sorted(LETTERS.findall(notations.ESCAPE.sub(" ", value)), key=len, reverse=True)[
        :LONGEST_PARTS
    ]
    return tuple(part.encode() for part in parts)


def _letters(text: str) -> bytes:
    """Give the letters and digits of a text, of which nothing that wraps or escapes is left."""
    raw = text.encode("latin-1", "replace")
    if b"\\" in raw or (b"\n" in raw and (b" b'" in raw or b' b"' in raw)):
        raw = BREAK.sub(b"", raw)
    return raw.translate(None, DELETED)


def _figures(letters: bytes) -> str:
    """Give the digits and capitals of letters, about one in ten of a text."""
    return letters.translate(None, SMALL).decode()


def _has(letters: bytes, form: Form) -> bool:
    return all(part in letters for part in form.parts)


def _without(text: str, forms: list[Form]) -> str:
    """Replace what reads like one of the forms."""
    found = notations.squeezed(notations.reading(text))
    texts = dict.fromkeys(text for form in forms for text in form.texts)
    spans = sorted(span for text in texts for span in _spans(found, text))
    kept, done = [], 0
    for start, end in spans:
        if start >= done:
            kept += [text[done:start], REDACTED]
        else:
            start = done
        done = max(done, end)
    return "".join([*kept, text[done:]])


def _spans(found: Reading, value: str) -> Iterator[tuple[int, int]]:
    at = found.text.find(value)
    while at >= 0:
        end = at + len(value)
        yield found.starts[at], found.ends[end - 1]
        at = found.text.find(value, end)
