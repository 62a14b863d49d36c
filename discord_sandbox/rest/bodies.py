"""HTTP request → its JSON body and its files."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from discord_sandbox.rest.call import Upload
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire.reading import parse

FILE = re.compile(r"files\[(\d+)\]")


async def read(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    """Read a JSON or multipart body; without one, the body is None.

    Raises:
        Refusal: 50109, the JSON is not valid; 50035, the form is not.
    """
    if request.content_type == "multipart/form-data":
        try:
            return await _multipart(request)
        except (ValueError, EOFError, HttpProcessingError):
            raise refuse(50035) from None
    text = await request.read()
    return (_json(text) if text else None), ()


def _json(text: bytes) -> Any:
    try:
        return parse(text)
    except ValueError:
        raise refuse(50109) from None


async def _multipart(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    body: Any = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        found = FILE.fullmatch(part.name or "")
        if part.name == "payload_json":
            body = _json(data)
        elif found or part.name == "file":
            kind = part.headers.get("Content-Type", "application/octet-stream")
            index = int(found[1]) if found else 0
            uploads.append(Upload(index, _name(part), data, kind))
    return body, tuple(uploads)


def _name(part: BodyPartReader) -> str:
    """Return a file's name; bytes in it that are no UTF-8 become question marks."""
    return (part.filename or "unknown").encode(errors="replace").decode()
