"""Path of a file → signed CDN URL that expires, like Discord's."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from discord_sandbox.world.core import Clock

LIFETIME = 24 * 3600
"""Seconds until an address expires: docs/reference#signed-attachment-cdn-urls."""


class Signer:
    """Signs paths below ``base``, which is set when the server knows its port."""

    def __init__(self, clock: Clock) -> None:
        self.base = ""
        self._clock = clock
        self._secret = secrets.token_bytes(16)

    def sign(self, path: str) -> str:
        """Return the address of a path, good for a day."""
        issued = int(self._clock())
        expires = f"{issued + LIFETIME:x}"
        return f"{self.base}{quote(path)}?ex={expires}&is={issued:x}&hm={self._mac(path, expires)}"

    def valid(self, path: str, query: Mapping[str, str]) -> bool:
        """Return whether an address has our signature and has not expired."""
        expires = query.get("ex", "")
        if not hmac.compare_digest(self._mac(path, expires), query.get("hm", "")):
            return False
        return int(expires, 16) >= self._clock()

    def _mac(self, path: str, expires: str) -> str:
        text = f"{path}?{expires}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class File:
    """A file that someone uploads; ``index`` is its place among several."""

    filename: str
    data: bytes
    index: int = 0
