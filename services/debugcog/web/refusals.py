"""Whatever a handler raises → an answer in JSON with a sentence; a fault of ours is logged once."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from services.debugcog.guard import own_logger
from services.debugcog.web.api import Handler
from services.debugcog.web.headers import NO_STORE
from services.debugcog.web.questions import RefusedError
from services.debugcog.web.streams import ViewerLeftError

log = own_logger("debugcog.web")

FAILED = "This answer failed. The bot's log says why."
SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take such a request.",
    413: "The request is too large.",
    417: "Send the request without Expect.",
}


class Refusals:
    """Answers for handlers that raise."""

    def __init__(self) -> None:
        self._failing: set[str] = set()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let the handler answer, or answer for it."""
        try:
            response = await handler(request)
        except RefusedError as error:
            return refusal(error.status, error.text, error.retry_after)
        except web.HTTPException as error:
            return http_refusal(error)
        except Exception as error:
            if isinstance(error, ViewerLeftError) or _has_gone(request, error):
                raise
            self._tell(request, error)
            if request.writer.output_size:
                raise ConnectionResetError("an answer was begun") from error
            return refusal(500, FAILED)
        self._failing.discard(_place(request))
        return response

    def _tell(self, request: web.Request, error: Exception) -> None:
        """Log a fault of ours once, until the same address has answered again."""
        place = _place(request)
        if place not in self._failing:
            self._failing.add(place)
            log.error("Answer failed: %s, %s", place, type(error).__name__, exc_info=error)


def _has_gone(request: web.Request, error: Exception) -> bool:
    """Return whether it was the client's connection that broke, not one of the host's."""
    transport = request.transport
    return isinstance(error, ConnectionError) and (transport is None or transport.is_closing())


def refusal(status: int, text: str, retry_after: float = 0.0) -> web.Response:
    """Make the answer of an error."""
    response = web.json_response({"error": text}, status=status, headers=NO_STORE)
    if retry_after:
        response.headers["Retry-After"] = f"{retry_after:.0f}"
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status in (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT):
        response.force_close()  # the rest of the body is not read
    return response


def http_refusal(error: web.HTTPException) -> web.StreamResponse:
    """Make the answer of an error or redirect that aiohttp raises."""
    if error.status < HTTPStatus.BAD_REQUEST:
        return web.Response(
            status=error.status, headers={**NO_STORE, "Location": error.headers["Location"]}
        )
    allowed = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
    response = refusal(error.status, SENTENCES.get(error.status, "The request is not understood."))
    response.headers.update(allowed)
    return response


def _place(request: web.Request) -> str:
    """Name what was asked without what the client wrote in it."""
    resource = request.match_info.route.resource
    return f"{request.method} {resource.canonical if resource else 'an unknown address'}"
