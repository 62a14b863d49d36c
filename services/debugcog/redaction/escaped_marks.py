"""A text → the same text with the quotes and equals signs that HTML and JavaScript escape.

What stands for one of them is filled up in front, so that every place is the same place in the
text: a quote with backslashes, as JSON in a string has them, an equals sign with blanks.
"""

from __future__ import annotations

import re

from services.debugcog.patterns import late_pattern

ESCAPED = late_pattern(
    r"&(?:quot|apos|#34|#39|#61|#[xX](?:22|27|3[dD]));|\\{1,3}(?:u00|x)(?:22|27|3[dD])"
)
SIGNS = {"quot": '"', "apos": "'", "34": '"', "39": "'", "61": "="}
"""What HTML has for them, by name and by number."""


def with_marks(text: str) -> str:
    """Read the escaped marks of a text."""
    is_html = "&" in text and ("&quot;" in text or "&#" in text or "&apos;" in text)
    if is_html or ("\\" in text and ("\\u00" in text or "\\x" in text)):
        return ESCAPED.sub(_mark, text)
    return text


def _mark(match: re.Match[str]) -> str:
    code = match[0].strip("&#;")
    sign = SIGNS.get(code) or chr(int(code[-2:], 16))
    return sign.rjust(len(match[0]), " " if sign == "=" else "\\")
