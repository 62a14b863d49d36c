"""Words that are looked for → a filter that tells which of them a text may have.

A search for each word takes a pass over the text; this takes a few for all. The letters become
numbers of four bits, a byte each, of one large number. Shifted by a letter and laid over itself, it
has pairs of letters for bytes. A pair that a word is looked for by becomes a mark of four bits, and
laid over the letters that follow, marks are the bytes that name the words.
"""

from __future__ import annotations

from collections.abc import Iterable

CLASSES = ("a", "bf", "c", "d", "m", "g", "h", "i", "jk", "r", "pu", "o", "n", "s", "t", "wy")
"""Letters that are looked at, in either case; those together count as one. Without the others a
text is half as long, and few more words than it has are named: measured, as is their order."""
COMMON = "eaitnsrolcdmpufhgbyvwkxjqz"
"""Letters, the most frequent first: a word is looked for by three in a row that are rare."""
CODES = {ord(letter): code for code, each in enumerate(CLASSES) for letter in each + each.upper()}
TO_CODES = bytes(CODES.get(character, 0) for character in range(256))
LEFT_OUT = bytes(character for character in range(256) if character not in CODES)
MOST_MARKS = 15
"""Marks of pairs that four bits have room for; 0 marks the pairs of no word."""


class TrigramFilter:
    """Filter of texts by words.

    Args:
        words: in lower case and ASCII, with two letters of ``CLASSES`` at least.
    """

    def __init__(self, words: Iterable[str]) -> None:
        rarest = {word: _rarest(word) for word in words}
        pairs = sorted({_pair(codes) for codes in rarest.values()})
        marks = {pair: number % MOST_MARKS + 1 for number, pair in enumerate(pairs)}
        self._words: dict[int, set[str]] = {}
        for word, codes in rarest.items():
            for third in codes[2:] or range(len(CLASSES)):
                self._words.setdefault(marks[_pair(codes)] | third << 4, set()).add(word)
        self._marks = bytes(marks.get(pair, 0) for pair in range(256))
        self._none = bytes(found for found in range(256) if found not in self._words)

    def words_in(self, text: str) -> set[str]:
        """Return the words that the text may have in some case; it has none of the others."""
        codes = text.encode("latin-1", "replace").translate(TO_CODES, LEFT_OUT)
        size, letters = len(codes), int.from_bytes(codes, "little")
        pairs = (letters | letters >> 4).to_bytes(size, "little")
        marks = int.from_bytes(pairs.translate(self._marks), "little")
        found = (marks | letters >> 12).to_bytes(size, "little").translate(None, self._none)
        return set().union(*map(self._words.__getitem__, set(found)))


def _rarest(word: str) -> bytes:
    """Return the codes of the three letters in a row that are the rarest, if it has as many."""
    letters = "".join(letter for letter in word if ord(letter) in CODES)
    rows = [letters[at : at + 3] for at in range(max(1, len(letters) - 2))]
    return max(rows, key=lambda row: sum(map(COMMON.index, row))).encode().translate(TO_CODES)


def _pair(codes: bytes) -> int:
    return codes[0] | codes[1] << 4
