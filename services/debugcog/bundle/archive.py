"""Parts → the bytes of a zip that is no larger than allowed, with a page that tells of it."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Sequence

from services.debugcog.bundle.page import page
from services.debugcog.bundle.part import Missing, Part
from services.debugcog.frozen import frozen

SIZE_MAX = 10 * 1024 * 1024
ENTRY_BYTES = 400
"""Of a file's two headers in the archive, beside its name."""
INDEX = "index.html"
PAGE_SHARE = 8
"""The page may have one part in so many of the room."""


@frozen
class Archive:
    """A bundle.

    Attributes:
        content: of the zip.
        files: how many there are in it, the page among them.
        missing: what is not.
    """

    content: bytes
    files: int
    missing: tuple[Missing, ...]


def archive(
    title: str, parts: Sequence[Part], missing: Sequence[Missing], made_at: float, size_max: int
) -> Archive:
    """Pack a bundle; what does not fit is left out and named on the page.

    Args:
        title: of the page.
        parts: the most important first.
        missing: what could not be collected.
        made_at: unix seconds.
        size_max: bytes of the archive.
    """
    size_max = min(size_max, SIZE_MAX)
    room = size_max - size_max // PAGE_SHARE
    stamp = time.gmtime(made_at)[:6]
    out, taken, left = io.BytesIO(), [], list(missing)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in parts:
            packed = _packed(part.name, part.text, stamp)
            if out.tell() + packed > room:
                left.append(Missing(part.title, f"too large: {packed:,} bytes packed"))
                continue
            made.writestr(_entry(part.name, stamp), part.text.encode(errors="replace"))
            taken.append(part)
        text = page(title, taken, left, made_at)
        if out.tell() + _packed(INDEX, text, stamp) > size_max:
            text = page(title, taken, left, made_at, excerpts=False)
        made.writestr(_entry(INDEX, stamp), text.encode(errors="replace"))
    return Archive(out.getvalue(), len(taken) + 1, tuple(left))


def _entry(name: str, stamp: tuple[int, ...]) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (stamp[0], stamp[1], stamp[2], stamp[3], stamp[4], stamp[5]))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _packed(name: str, text: str, stamp: tuple[int, ...]) -> int:
    """Return how many bytes a file takes in the archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as alone:
        alone.writestr(_entry(name, stamp), text.encode(errors="replace"))
    return len(out.getvalue()) + ENTRY_BYTES
