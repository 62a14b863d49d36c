"""Body of a request → bytes, within a size and a time."""

from __future__ import annotations

import asyncio

from aiohttp import web

from services.debugcog.web.connections import connection_of
from services.debugcog.web.questions import RefusedError

BODY_MAX = 4096
BODY_SECONDS = 5.0


def check_length(request: web.Request) -> None:
    """Refuse a body that says that it is too large, before a byte of it is read.

    Raises:
        RefusedError: it does.
    """
    if (request.content_length or 0) > BODY_MAX:
        raise RefusedError(413, f"A request has {BODY_MAX} bytes at most.")


async def read_body(request: web.Request) -> bytes:
    """Read the body.

    Raises:
        RefusedError: it is too large, too slow, or broken.
    """
    try:
        with connection_of(request).waiting():
            async with asyncio.timeout(BODY_SECONDS):
                return await request.read()
    except TimeoutError as error:
        raise RefusedError(408, "The request came too slowly. Send it again.") from error
    except web.HTTPRequestEntityTooLarge as error:
        raise RefusedError(413, f"A request has {BODY_MAX} bytes at most.") from error
    except web.RequestPayloadError as error:
        raise RefusedError(400, "The request is not understood.") from error
