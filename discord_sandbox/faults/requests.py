"""Request faults: which requests each one matches, and the response sent instead."""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass
from enum import Enum

from discord_sandbox.rest.call import Answer


class Trouble(Enum):
    """What may go wrong with a request."""

    LATENCY = "latency"  # answered after ``seconds``
    RATE_LIMIT = "rate-limit"  # of the route; ``seconds`` is retry_after
    GLOBAL_RATE_LIMIT = "rate-limit-global"
    CLOUDFLARE = "cloudflare"  # a 429 that is an HTML page, without Via
    ERROR_500 = "error-500"
    ERROR_502 = "error-502"
    ERROR_503 = "error-503"
    RESET = "reset"  # the connection is cut
    SILENCE = "no-answer"
    PROXY = "proxy-answer"  # something in between answers in Discord's place


PAGE = "<html><title>Not Found</title><h1>404 Not Found</h1><hr>nginx</html>"
STATUS = {Trouble.ERROR_500: 500, Trouble.ERROR_502: 502, Trouble.ERROR_503: 503}


@dataclass(frozen=True, slots=True)
class Fault:
    """Trouble for requests that match.

    Args:
        trouble: what goes wrong.
        method: an HTTP method, or ``*``.
        path: a pattern of the path below /api/v10, as ``fnmatch`` reads it.
        times: how many requests it is for; 0 for all until it is cleared.
        seconds: the delay of LATENCY, the retry_after of a 429.
        status: of PROXY.
        body: of PROXY; JSON is sent as such, all else as a page.
        location: of PROXY, where its status is a redirect.
        taken: of PROXY; Discord gets the request all the same, only its answer is lost.
    """

    trouble: Trouble
    method: str = "*"
    path: str = "*"
    times: int = 1
    seconds: float = 1.0
    status: int = 404
    body: str = PAGE
    location: str = ""
    taken: bool = False

    def __str__(self) -> str:
        often = f"{self.times} request{'s' * (self.times != 1)}" if self.times else "all requests"
        route = "" if (self.method, self.path) == ("*", "*") else f" to {self.method} {self.path}"
        name = self.trouble.value
        if self.trouble is Trouble.PROXY:
            name = f"{name} {self.status}{' after Discord took it' if self.taken else ''}"
        return f"{name} for {often}{route}"

    def matches(self, method: str, path: str) -> bool:
        """Return whether the fault applies to a request."""
        return fnmatch.fnmatchcase(path, self.path) and self.method in ("*", method)

    def answer(self) -> Answer:
        """Return what Discord, or Cloudflare before it, says then."""
        if self.trouble is Trouble.CLOUDFLARE:
            page = "<html><title>Access denied | error code: 1015</title></html>"
            return Answer(429, headers={"Content-Type": "text/html; charset=utf-8"}, text=page)
        if self.trouble is Trouble.PROXY:
            return self._in_between()
        if self.trouble in STATUS:
            return Answer(STATUS[self.trouble], text="upstream connect error")
        everywhere = self.trouble is Trouble.GLOBAL_RATE_LIMIT
        headers = {"X-RateLimit-Scope": "global" if everywhere else "user"}
        if everywhere:
            headers["X-RateLimit-Global"] = "true"
        body = {
            "message": "You are being rate limited.",
            "retry_after": self.seconds,
            "global": everywhere,
        }
        return Answer(429, body, headers)

    def _in_between(self) -> Answer:
        kind = "application/json" if _is_json(self.body) else "text/html; charset=utf-8"
        headers = {"Content-Type": kind}
        if self.location:
            headers["Location"] = self.location
        return Answer(self.status, headers=headers, text=self.body, taken=self.taken)


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
