"""A text → whether it is made of words, names and small numbers, as people and programs write them.

What is random is told from what is meant by the pairs of letters: of a random text of 8 characters,
one in some thousands passes for a word, of 16 none in 20,000.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from services.debugcog.patterns import late_pattern

SEPARATORS = late_pattern(r"[\s./\\:@,\-_=()\[\]'\"<>?&;|#]+")
LOWER = late_pattern(r"[a-z]{1,20}|[a-z]{3,20}\d{1,3}")
TITLE = late_pattern(r"(?:[A-Z][a-z]{2,19}){1,6}")
CAMEL = late_pattern(r"[a-z]{2,20}(?:[A-Z][a-z]{2,19}){1,6}")
UPPER = late_pattern(r"[A-Z]{1,14}|[A-Z]{3,14}\d{1,3}")
NUMBER = late_pattern(r"v?\d{1,20}")
LETTERS = late_pattern(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
LONG_WORD = late_pattern(r"[A-Z]?[a-z]{4,}|[A-Z][a-z]{3}")
NO_VOWEL = late_pattern(r"[^aeiouy]+")
CONSONANTS = late_pattern(r"[bcdfghjklmnpqrstvwxz]{5,}")
_NAMES = """
aiohttp bzip cdn cfg cls cmd css ctx cwd dns ftp gcp gcs gif gpt gzip html http https jpg json jwt
keyboard lib llm mp msg mysql nsfw opt png pwd rfc rpc rss sdk smtp sql src srv ssh ssl str sys tcp
tls tmp tts ttl txt udp url usr utc uuid uvicorn webhook webhooks weekday week ws wss www xhtml xml
yml zip zlib
"""
NAMES = frozenset(_NAMES.split())
"""Words that look like none."""

SHORT = 12
"""A text with fewer characters has one style only: random ones would pass too often."""
AVERAGE, TOLERANCE = 4.2, 4.0
"""Bits that a letter of a word has, and by how many a whole word may be above that."""
ROWS = (
    *("^45444455487545547434565788", "a854497595a6343a5a343667769", "b35563777458266369446398958"),
    *("c396737835c4467279463589a6b", "d4665267828857647954557887b", "e474365697a8453757334866579"),
    *("f486643792a9477379455498a6b", "g476727544b946457c346477a88", "h287628983c766737b564598a69"),
    *("i5645555b9b945245a543a5b7d5", "j38562687485678358647288868", "k46552657398485567635675b69"),
    *("l377527992b838736b855579a4a", "m258628993b765733c856599b7c", "n48433538496676479843568a8a"),
    *("o6644866969644254c344465799", "p386636864c838734a354587b5c", "q67667787789685665647087899"),
    *("r375527693b665636c544677a5c", "s584727743a657754774248796a", "t375627942b867746a345587958"),
    *("u5456466a5c944364c3438ba9ba", "v276917783ba77747a667998999", "w376536842985744794468867a9"),
    *("x564535863a9557639652777568", "y655546774a944352a533765767", "z38671697399677479766797976"),
)
"""Bits of a letter after another (0-d), after "^" the first of a word: counted in the identifiers
and comments of Python's standard library."""


def is_words(text: str) -> bool:
    """Return whether a text can be read: words of one style, with numbers between and behind."""
    styles: set[str] = set()
    short = long = 0
    for part in filter(None, SEPARATORS.split(text.removeprefix("X-"))):
        style = _style(part)
        if not style:
            return False
        styles.add(style)
        short += len(part) < 3 and style != "number"
        long += len(part) >= 3 and style != "number"
    cases = styles - {"number"}
    if len(cases) > 1 and "upper" in cases:
        return False
    return short <= long and (len(text) >= SHORT or (len(cases) <= 1 and "camel" not in cases))


def share_of_words(text: str) -> float:
    """Return the share of a text that is in words of four letters or more, as names have them."""
    words = (word for word in LONG_WORD.findall(text) if _is_word(word))
    return sum(map(len, words)) / len(text)


def _style(part: str) -> str:
    """Name the style of a part; empty when it is no word and no number."""
    if NUMBER.fullmatch(part):
        return "number"
    patterns = {"lower": LOWER, "title": TITLE, "camel": CAMEL, "upper": UPPER}
    style = next((name for name, pattern in patterns.items() if pattern.fullmatch(part)), "")
    return style if all(map(_is_word, LETTERS.findall(part))) else ""


@lru_cache(maxsize=2048)
def _is_word(letters: str) -> bool:
    word = letters.lower()
    if len(word) < 3 or word in NAMES:
        return True
    if NO_VOWEL.fullmatch(word) or CONSONANTS.search(word):
        return False
    bits = sum(_COSTS[first][ord(second) - _FIRST_LETTER] for first, second in pairwise("^" + word))
    return len(word) < 4 or bits <= AVERAGE * len(word) + TOLERANCE


_FIRST_LETTER = ord("a")
_DIGITS = bytes.maketrans(b"0123456789abcd", bytes(range(14)))
_COSTS = {row[0]: row[1:].encode().translate(_DIGITS) for row in ROWS}
"""First letter → bits of a to z behind it."""
