"""Thread that calls a URL every minute while the bot is well, so that others notice its death."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from services.debugcog.exceptions import brief
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.periodic import PeriodicThread
from services.debugcog.version import __version__

log = own_logger("debugcog.heartbeat")

INTERVAL = 60.0
TIMEOUT = 10.0
START_SECONDS = 300.0
"""A bot that has not been well yet is starting, not ill, for so long."""
REASON_MAX = 200
ANSWER_MAX = 1_000


@frozen
class Call:
    """One HTTP request: a GET, or a POST where there is a body."""

    url: str
    body: bytes | None = None


def call_for(url: str, reason: str | None) -> Call | None:
    """Choose what is called; None where a service has no way to hear that the bot is ill.

    Healthchecks takes ``/fail`` behind its ping URL, with a reason as body
    (https://healthchecks.io/docs/http_api/), and so does Better Stack behind its heartbeat
    (https://betterstack.com/docs/uptime/cron-and-heartbeat-monitor/). Uptime Kuma's push URL takes
    ``status`` and ``msg`` in its query. Of any other service only silence is understood.

    Args:
        url: of the setting.
        reason: why the bot is ill; None while it is well.
    """
    if reason is None:
        return Call(url)
    parts = urlsplit(url)
    if "/api/push/" in parts.path:
        query = dict(parse_qsl(parts.query)) | {"status": "down", "msg": reason}
        return Call(urlunsplit(parts._replace(query=urlencode(query))))
    is_ping = parts.hostname == "hc-ping.com" or parts.path.startswith("/ping/")
    if is_ping or "/api/v1/heartbeat/" in parts.path:
        return Call(urlunsplit(parts._replace(path=f"{parts.path}/fail")), reason.encode())
    return None


def send(call: Call) -> None:
    """Make a request and wait for its answer, ``TIMEOUT`` seconds for each of its steps.

    Raises:
        OSError: it was not answered, or by an error (``urllib.error.HTTPError`` is one).
        http.client.HTTPException: the answer is no HTTP.
        ValueError: the URL is none.
    """
    headers = {"User-Agent": f"DebugCog/{__version__}"}
    request = Request(call.url, call.body, headers)  # noqa: S310 - settings allow http(s) alone
    with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
        answer.read(ANSWER_MAX)


class Heartbeat:
    """Calls until closed; what fails is told once and harms nothing.

    Args:
        url: of a service that misses calls which do not come.
        illness: says why the bot is ill, None while it is well; called on the heartbeat's thread.
        redact: removes secrets from what is told.
        interval: seconds between two calls.
        send: makes a request.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        url: str,
        illness: Callable[[], str | None],
        redact: Callable[[str], str] = str,
        *,
        interval: float = INTERVAL,
        send: Callable[[Call], None] = send,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trouble: str | None = None
        self._url = url
        self._illness = illness
        self._redact = redact
        self._send = send
        self._clock = clock
        self._begun = clock()
        self._was_well = False
        self._thread = PeriodicThread("debugcog-heartbeat", self._beat, interval)

    def start(self) -> None:
        """Start the thread, and call at once."""
        self._thread.start()
        self._thread.wake()

    def close(self) -> None:
        """End the thread; a request that is under way is left behind."""
        self._thread.stop(timeout=0.5)

    def _beat(self) -> None:
        reason = self._illness()
        if reason is not None and self._is_starting():
            return
        self._was_well = self._was_well or reason is None
        shown = None if reason is None else self._redact(reason)[:REASON_MAX]
        call = call_for(self._url, shown)
        if call is None:
            return
        try:
            self._send(call)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._failed(error)
        else:
            self._worked()

    def _is_starting(self) -> bool:
        return not self._was_well and self._clock() - self._begun < START_SECONDS

    def _failed(self, error: Exception) -> None:
        before, text = self.trouble, f"HEARTBEAT_URL is not answered: {brief(error)}"
        self.trouble = self._redact(text)
        if before is None:
            log.warning(
                "%s; it is tried again every minute, and this is logged only once", self.trouble
            )

    def _worked(self) -> None:
        if self.trouble is not None:
            log.info("HEARTBEAT_URL is answered again")
        self.trouble = None
