"""What users wrote → hashes of its words, by which it is hidden in log lines, however printed.

Of a text, every group of four words in a row is remembered, so that a line that shows only a part
of it is found, also with other blanks or line breaks, without accents, or escaped as repr(), JSON,
HTML or an address. Shorter texts are remembered as a whole; one or two words that many people write
(``hello``) as they are, and only while they are new. Of a prefix command (``!note buy rope``) hosts
log the arguments, so its last words are remembered by themselves. No other text is kept. The memory
holds the last 50,000 to 100,000 groups, which is some 10,000 messages of ten words, in 1 MiB
that is taken with the first text.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

from services.debugcog.interpreter import Mutex
from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import notations
from services.debugcog.redaction.words import is_words

if TYPE_CHECKING:
    from services.debugcog.redaction.notations import Reading

HIDDEN = "[user's text]"
GROUP, GROUP_OF_SIGNS = 4, 8
"""Words of a group; of a script that has no blanks between words, its signs."""
GROUPS_MAX = 50_000
"""Groups after which the older half of the memory is forgotten."""
BITS = 1 << 22
PROBES = (0, 14, 28, 42)
"""By how many bits a hash is shifted for each of the bits that it sets."""
NEW_MAX = 200
"""Short texts of usual words that are remembered."""
WORD_MIN = 4
"""Characters of the shortest word that is hidden alone."""
WORD_MAX = 24
"""Characters of a word that count: a longer one is found where a line cuts it off, too."""
WORDS_MAX = 2_000
"""Words of one text or line that are looked at; Discord's messages have fewer."""

SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
IS_SIGN = late_pattern(f"[{SIGNS}]")
MARKS = "\u0300-\u036f"
"""Accents that stand behind their letter, as in the names of files on some systems."""
WORD = late_pattern(rf"[{SIGNS}]|[^\W_{SIGNS}]+(?:[{MARKS}]+[^\W_{SIGNS}]*)*")
CUT_OFF = late_pattern(r"\s*\w*\s*(?=…|\.\.\.)|\s+\w+\Z")
"""What is left of a text where a line cuts it off, behind the last of its whole words."""
COMMAND = late_pattern(r"\s*(?:<@!?\d+>\s*|[^\w\s<]{1,5})\w+\s+\S")
"""How a prefix command begins, with something behind its name."""
END = ("",)
"""Behind the last words of a text, which are remembered once more with it."""

Words = tuple[str, ...]


class TextMemory:
    """Remembers texts, and hides them in lines; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Mutex()
        self._recent, self._older = bytearray(), bytearray()
        self._count = 0
        self._new: deque[str] = deque(maxlen=NEW_MAX)

    def add(self, text: str) -> None:
        """Remember a text."""
        found = notations.reading(text)
        placed = _words(found)
        self._add(found.text, tuple(word for word, _, _ in placed))
        if COMMAND.match(found.text):
            for rest in (placed[at:] for at in range(max(1, len(placed) - GROUP + 1), len(placed))):
                words = tuple(word for word, _, _ in rest)
                text = found.text[rest[0][1] :]
                if len(words) > 1 or not (words[0].isdecimal() or _is_usual(text, words)):
                    self._add(text, words)

    def _add(self, text: str, words: Words) -> None:
        if sum(map(len, words)) < WORD_MIN:
            return
        groups = tuple(_groups(words)) or (words,)
        with self._lock:
            if _is_usual(text, words):
                self._new.append(text.strip())
                return
            for group in (*groups, words[-GROUP:] + END):
                self._remember(hash(group))

    def clear(self) -> None:
        """Forget everything, and give the memory back."""
        with self._lock:
            self._recent, self._older = bytearray(), bytearray()
            self._count = 0
            self._new.clear()

    def hide(self, line: str) -> str:
        """Replace what users wrote in a line."""
        found = notations.reading(line)
        words = _words(found)
        told = tuple(word for word, _, _ in words)
        said = self._said(told)
        for start, end in self._usual(found.text):
            said = [one or start <= at < end for one, (_, at, _) in zip(said, words, strict=True)]
        kept, done = [], 0
        for first, last in _runs(said):
            start, end = found.starts[words[first][1]], found.ends[words[last][2] - 1]
            if start >= done:
                kept += [line[done:start], HIDDEN]
                done = end if self._ends(told[first : last + 1]) else _end(line, end)
        return "".join([*kept, line[done:]])

    def _said(self, words: Words) -> list[bool]:
        """Return for each word of a line whether it is part of what somebody wrote."""
        said = [False] * len(words)
        with self._lock:
            for at, word in enumerate(words):
                for size in range(_size(word), 0, -1):
                    group = words[at : at + size]
                    if len(group) == size and self._knows(hash(group)):
                        said[at : at + size] = [True] * size
                        break
        return said

    def _usual(self, line: str) -> Iterator[tuple[int, int]]:
        """Yield where short texts of usual words are in a line, with the signs around them."""
        low = line.casefold()
        with self._lock:
            new = set(self._new)
        for text in new:
            if text.casefold() in low:
                pattern = rf"(?<!\w){re.escape(text)}(?!\w)"
                yield from (match.span() for match in re.finditer(pattern, line, re.IGNORECASE))

    def _ends(self, words: Words) -> bool:
        """Return whether a text ends with these words, as far as one is known."""
        with self._lock:
            return len(words) < GROUP or self._knows(hash(words[-GROUP:] + END))

    def _remember(self, code: int) -> None:
        if not self._recent:
            self._recent, self._older = bytearray(BITS // 8), bytearray(BITS // 8)
        if self._count >= GROUPS_MAX:
            self._recent, self._older = bytearray(BITS // 8), self._recent
            self._count = 0
        self._count += 1
        for shift in PROBES:
            bit = (code >> shift) % BITS
            self._recent[bit >> 3] |= 1 << (bit & 7)

    def _knows(self, code: int) -> bool:
        if not self._recent:
            return False
        bits = [(code >> shift) % BITS for shift in PROBES]
        return any(
            all(memory[bit >> 3] & 1 << (bit & 7) for bit in bits)
            for memory in (self._recent, self._older)
        )


def _words(found: Reading) -> list[tuple[str, int, int]]:
    """List the words of a text in small letters, with where each starts and ends."""
    matches = WORD.finditer(found.text)
    words = [(_folded(match[0])[:WORD_MAX], *match.span()) for match in matches]
    return words[:WORDS_MAX]


def _folded(word: str) -> str:
    """Return a word in small letters without accents, in whatever form of Unicode it is."""
    word = word.casefold()
    if word.isascii() or IS_SIGN.match(word):
        return word
    folded = "".join(one for one in normalize("NFKD", word) if not combining(one))
    return word if not folded or IS_SIGN.match(folded) else folded


def _size(word: str) -> int:
    return GROUP_OF_SIGNS if IS_SIGN.match(word) else GROUP


def _groups(words: Words) -> Iterator[Words]:
    for at, word in enumerate(words):
        group = words[at : at + _size(word)]
        if len(group) == _size(word):
            yield group


def _end(line: str, at: int) -> int:
    """Find the end of a text that a line shows a part of, up to ``at`` in whole words."""
    rest = CUT_OFF.match(line, at)
    return rest.end() if rest else at


def _is_usual(text: str, words: Words) -> bool:
    """Tell whether many could have written it: one or two words without anything odd in them."""
    return (
        len(words) < 3
        and "_" not in text
        and all(word.isalpha() and is_words(word) for word in words)
    )


def _runs(said: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield the first and last number of each row of words that somebody wrote."""
    first = None
    for at, is_said in enumerate([*said, False]):
        if is_said and first is None:
            first = at
        elif not is_said and first is not None:
            yield first, at - 1
            first = None
