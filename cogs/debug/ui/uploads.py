"""Bytes → a file to upload, which is read where it is: no thread of the host's is waited for.

aiohttp before 3.12 reads what it uploads in the event loop's default executor. A host may have that
full, and then no picture and no file of ours would arrive.
"""

from __future__ import annotations

import io

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import BytesIOPayload, Order, payload_type


class Upload(io.BytesIO):
    """The content of a file, in memory."""


@payload_type(Upload, order=Order.try_first)  # before the one of any BytesIO
class UploadPayload(BytesIOPayload):
    """How aiohttp sends it; discord.py sets its position, and keeps it open for another try."""

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write all of it."""
        await writer.write(self._value.read())
