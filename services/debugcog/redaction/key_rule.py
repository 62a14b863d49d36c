"""What a rule for keys is made of: the words that name a secret, and examples on both sides."""

from __future__ import annotations

from services.debugcog.frozen import frozen

SURE = 0
"""Any value of such a name is a secret, unless it can be none (``values.is_plain``)."""
WRITTEN = 1
"""As ``SURE``, but not in sentences, where a blank alone is before the value."""
GIVEN_KEY = 20
"""Characters of the shortest key after a word that is mostly about something else: ``STEAM_API``.
Such a word is the last of a name, but in a setting, where ``API_OF_STEAM`` has one too."""
PHRASE = 40
"""Characters of the shortest list of words that restores a wallet, and of a key with that use."""
ALONE = "_"
"""What such a word is searched for by: its own letters are in too many others."""
FIGURES = 1_000
"""Only digits are a secret after such a name (``key_names.DIGITS``): no value is as long."""


@frozen
class KeyRule:
    """Words that name a secret.

    Attributes:
        needle: letters that are in each of them; it is what a text is searched for.
        words: in lower case, without what separates their parts.
        shortest: characters of the shortest value that can be a secret, where it has to look like
            one; ``SURE`` or ``WRITTEN`` where it need not.
        hides: texts with such a secret.
        stays: texts that are not changed.
    """

    needle: str
    words: tuple[str, ...]
    shortest: int
    hides: tuple[str, ...]
    stays: tuple[str, ...]
