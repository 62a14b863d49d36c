"""A URL is called while the bot is well; an illness is told where a service can hear of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

import pytest

from services.debugcog.heartbeat import START_SECONDS, Call, Heartbeat, call_for, send

KUMA = "https://kuma.example.org/api/push/abc?status=up&msg=OK&ping="
HEALTHCHECKS = "https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278"


@pytest.mark.parametrize("url", [KUMA, HEALTHCHECKS, "https://example.org/beat"])
def test_a_bot_that_is_well_calls_the_url_as_it_is(url: str) -> None:
    assert call_for(url, None) == Call(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            KUMA,
            Call("https://kuma.example.org/api/push/abc?status=down&msg=gateway%3A+away+for+45+s"),
        ),
        (HEALTHCHECKS, Call(f"{HEALTHCHECKS}/fail", b"gateway: away for 45 s")),
        (
            "https://hc.example.org/ping/key/slug?create=1",
            Call("https://hc.example.org/ping/key/slug/fail?create=1", b"gateway: away for 45 s"),
        ),
        (
            "https://uptime.betterstack.com/api/v1/heartbeat/abc",
            Call(
                "https://uptime.betterstack.com/api/v1/heartbeat/abc/fail",
                b"gateway: away for 45 s",
            ),
        ),
        ("https://example.org/beat", None),
    ],
    ids=["Uptime Kuma", "Healthchecks", "Healthchecks by slug", "Better Stack", "any other"],
)
def test_an_illness_is_told_with_its_reason_where_the_service_can_hear_of_it(
    url: str, expected: Call | None
) -> None:
    assert call_for(url, "gateway: away for 45 s") == expected


class Rig:
    """A heartbeat whose calls, illness and time the test decides."""

    def __init__(self, url: str = HEALTHCHECKS) -> None:
        self.calls = list[Call]()
        self.illness: str | None = None
        self.failure: Exception | None = None
        self.now = 0.0
        self.heartbeat = Heartbeat(
            url,
            lambda: self.illness,
            lambda text: text.replace("secret", "[redacted]"),
            send=self._send,
            clock=lambda: self.now,
        )

    def _send(self, call: Call) -> None:
        self.calls.append(call)
        if self.failure is not None:
            raise self.failure

    def beat(self, illness: str | None = None) -> None:
        self.illness = illness
        self.heartbeat._beat()


def test_a_bot_that_starts_is_not_ill_and_one_that_does_not_get_well_is() -> None:
    rig = Rig()
    rig.beat("gateway: not connected yet")
    assert rig.calls == []
    rig.now = START_SECONDS
    rig.beat("gateway: not connected yet")
    assert rig.calls == [Call(f"{HEALTHCHECKS}/fail", b"gateway: not connected yet")]


def test_a_bot_that_was_well_is_ill_at_once_and_well_again_at_once() -> None:
    rig = Rig()
    rig.beat()
    rig.beat("event loop: blocked for more than 15 s, by secret")
    rig.beat()
    assert rig.calls == [
        Call(HEALTHCHECKS),
        Call(f"{HEALTHCHECKS}/fail", b"event loop: blocked for more than 15 s, by [redacted]"),
        Call(HEALTHCHECKS),
    ]


def test_its_own_failures_are_told_once_and_their_end_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig()
    with caplog.at_level(logging.INFO, "debugcog.heartbeat"):
        rig.failure = OSError("no route to secret")
        rig.beat()
        rig.beat()
        told = rig.heartbeat.trouble
        rig.failure = None
        rig.beat()
    assert told == "HEARTBEAT_URL is not answered: OSError: no route to [redacted]"
    assert rig.heartbeat.trouble is None
    assert [record.getMessage() for record in caplog.records] == [
        f"{told}; it is tried again every minute, and this is logged only once",
        "HEARTBEAT_URL is answered again",
    ]


@contextmanager
def service(status: int = 200) -> Iterator[tuple[str, SimpleQueue[tuple[str, str, bytes]]]]:
    """Answer every request with a status, and note its method, path and body."""
    heard = SimpleQueue[tuple[str, str, bytes]]()

    class Handler(BaseHTTPRequestHandler):
        def _note(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.put((self.command, self.path, body))
            self.send_response(status)
            self.end_headers()

        do_GET = do_POST = _note  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", heard
        finally:
            server.shutdown()
            thread.join()


def test_a_real_service_hears_the_calls() -> None:
    with service() as (url, heard):
        send(Call(f"{url}/ping/abc"))
        send(Call(f"{url}/ping/abc/fail", b"why"))
    assert heard.get_nowait() == ("GET", "/ping/abc", b"")
    assert heard.get_nowait() == ("POST", "/ping/abc/fail", b"why")


@pytest.mark.parametrize("status", [404, 500])
def test_an_error_of_the_service_is_a_failure(status: int) -> None:
    with service(status) as (url, _), pytest.raises(OSError, match=str(status)):
        send(Call(url))


def test_a_started_heartbeat_calls_at_once_and_a_closed_one_no_more() -> None:
    with service() as (url, heard):
        heartbeat = Heartbeat(f"{url}/beat", lambda: None, interval=3600)
        heartbeat.start()
        assert heard.get(timeout=30) == ("GET", "/beat", b"")
        heartbeat.close()
    assert not heartbeat._thread.alive
