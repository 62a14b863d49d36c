"""Every answer has the headers, whatever it answers."""

from __future__ import annotations

import pytest

from tests.services.web.served import Served

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "DebugCog",
}
ASKED = {
    "a page": ("GET", "/login", 200),
    "a redirect": ("GET", "/performance", 302),
    "a file": ("GET", "/static/style.css", 200),
    "no file": ("GET", "/static/nothing.css", 404),
    "an API without login": ("GET", "/api/v1/overview", 401),
    "a bad login": ("POST", "/login", 400),
    "health": ("GET", "/healthz", 200),
    "a method that is none of its own": ("PUT", "/login", 405),
    "a wrong host": ("GET", "/login", 421),
    "an Expect that nobody knows": ("GET", "/healthz", 417),
}


@pytest.mark.parametrize("name", ASKED)
async def test_an_answer_has_every_header_and_allows_no_other_site(site: Served, name: str) -> None:
    method, path, status = ASKED[name]
    headers = {
        "a wrong host": {"Host": "rebound.example"},
        "an Expect that nobody knows": {"Expect": "miracles"},
    }.get(name, {})
    answer = await site._asked(method, path, headers=headers)
    assert answer.status == status
    assert {key: answer.headers.get(key) for key in EXPECTED} == EXPECTED
    assert not [key for key in answer.headers if key.lower().startswith("access-control-")]


async def test_what_is_no_http_is_answered_with_the_headers_too(site: Served) -> None:
    answer = (await site.raw("\x16\x03\x01 no http at all\r\n\r\n")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith(("HTTP/1.0 400", "HTTP/1.1 400"))
    assert body == '{"error": "The request is not understood."}'
    for key, value in EXPECTED.items():
        assert f"\r\n{key}: {value}" in head
    assert "\r\nCache-Control: no-store" in head


@pytest.mark.parametrize("path", ["/login", "/api/v1/overview", "/healthz", "/nothing", "/metrics"])
async def test_nothing_but_static_files_may_be_kept_by_a_cache(site: Served, path: str) -> None:
    await site.log_in()
    assert (await site.get(path)).headers["Cache-Control"] == "no-store"


async def test_a_page_and_an_answer_are_not_kept_for_after_the_log_out(site: Served) -> None:
    await site.log_in()
    for path in ("/", "/performance", "/runtime?part=tasks", "/api/v1/overview"):
        answer = await site.get(path)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        assert "ETag" not in answer.headers
    await site.post("/logout")
    assert (await site.get("/")).status == 302
    assert (await site.get("/api/v1/overview")).status == 401


async def test_a_preflight_of_another_site_is_refused(site: Served) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    answer = await site._asked("OPTIONS", "/api/v1/overview", headers=headers)
    assert answer.status == 403
    assert not [key for key in answer.headers if key.lower().startswith("access-control-")]
