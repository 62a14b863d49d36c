"""Name of a transport compression → encoder from text to WebSocket frames.

Source: https://discord.com/developers/docs/events/gateway#transport-compression.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import zlib
from collections.abc import Callable

Encoder = Callable[[str], bytes]
ZSTD_HEAD = b"\x28\xb5\x2f\xfd\x00\x38"
"""Magic number; no size, no checksum, no dictionary; a window of 128 KiB (RFC 8878, 3.1.1)."""
ZSTD_BLOCK = 128 * 1024


def encoder(name: str) -> Encoder:
    """Return a new stream's encoder.

    Raises:
        LookupError: Discord does not know the name.
    """
    if name == "zlib-stream":
        return _zlib()
    if name == "zstd-stream":
        return _zstd()
    raise LookupError(f"unknown compression {name!r}")


def _zlib() -> Encoder:
    stream = zlib.compressobj(level=1)

    def encode(text: str) -> bytes:
        return stream.compress(text.encode()) + stream.flush(zlib.Z_SYNC_FLUSH)

    return encode


def _zstd() -> Encoder:
    """Use the standard library's compressor from Python 3.14 on, the zstandard package before."""
    if sys.version_info >= (3, 14):
        std = importlib.import_module("compression.zstd").ZstdCompressor()

        def encode_std(text: str) -> bytes:
            return bytes(std.compress(text.encode(), std.FLUSH_BLOCK))

        return encode_std
    if importlib.util.find_spec("zstandard") is None:
        return _zstd_raw()
    zstandard = importlib.import_module("zstandard")
    stream = zstandard.ZstdCompressor(level=1).compressobj()

    def encode(text: str) -> bytes:
        block = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return bytes(stream.compress(text.encode()) + stream.flush(block))

    return encode


def _zstd_raw() -> Encoder:
    """Write zstd without a library: blocks that are not compressed (RFC 8878, 3.1.1.2).

    The bot's Python may have the library where this one has not; refused, it would try for ever.
    """
    head = [ZSTD_HEAD]

    def encode(text: str) -> bytes:
        data = text.encode()
        parts = [head.pop()] if head else []
        for at in range(0, len(data), ZSTD_BLOCK):
            block = data[at : at + ZSTD_BLOCK]
            parts += [(len(block) << 3).to_bytes(3, "little"), block]
        return b"".join(parts)

    return encode
