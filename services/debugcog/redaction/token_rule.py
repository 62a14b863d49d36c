"""What a rule for tokens is made of: the shape, whose it is, and examples on both sides."""

from __future__ import annotations

from services.debugcog.frozen import frozen


@frozen
class TokenRule:
    """A shape of a token.

    Attributes:
        name: whose it is.
        pattern: the whole token, as a regular expression without groups that capture.
        source: where its maker tells of the shape.
        hides: texts with such a token.
        stays: texts that look like it, and are none.
    """

    name: str
    pattern: str
    source: str
    hides: tuple[str, ...]
    stays: tuple[str, ...] = ()
