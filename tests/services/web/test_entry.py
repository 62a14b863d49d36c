"""Who gets in: codes that work once, the token, sessions that end, and a limit on guesses."""

from __future__ import annotations

import logging
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

import pytest

from services.debugcog.web.attempts import Attempts
from services.debugcog.web.codes import Codes
from services.debugcog.web.sessions import Sessions
from tests.clock import Clock
from tests.services.web.served import TOKEN, Served, served

WRONG = "That code or token is not valid. Run /debug dashboard in Discord for a new link."


async def login(site: Served, **body: object) -> int:
    return (await site.post("/login", json=body)).status


async def test_everything_but_the_login_and_health_needs_a_session(site: Served) -> None:
    for path in ("/api/v1/overview", "/api/v1/nothing", "/metrics", "/nothing"):
        answer = await site.get(path)
        assert (path, answer.status) == (path, 401)
        assert answer.json() == {
            "error": (
                "Log in first: run /debug dashboard in Discord, or send DASHBOARD_TOKEN as a "
                "bearer."
            )
        }
    assert (await site.get("/")).headers["Location"] == "/login"
    for path in ("/performance", "/users?page=2&search=a%26b", "/logs"):
        answer = await site.get(path)
        login, _, query = answer.headers["Location"].partition("?")
        assert (answer.status, login, parse_qs(query)) == (302, "/login", {"next": [path]})
    for path in ("/login", "/healthz", "/readyz", "/static/main.js"):
        assert (await site.get(path)).status == 200


async def test_a_code_works_once(site: Served) -> None:
    code = site.codes.make("user_id=7")
    assert await login(site, code=code) == 204
    assert await login(site, code=code) == 401
    assert (await site.get("/api/v1/overview")).status == 200


async def test_looking_at_the_link_does_not_use_the_code_up(site: Served) -> None:
    code = site.codes.make("user_id=7")
    for _ in range(3):  # as a chat's preview does
        assert (await site.get(f"/login?code={code}")).status == 200
    assert await login(site, code=code) == 204


async def test_a_code_is_valid_for_two_minutes(site: Served) -> None:
    code, late = site.codes.make("user_id=7"), site.codes.make("user_id=7")
    site.clock.turn(119)
    assert await login(site, code=code) == 204
    site.clock.turn(2)
    assert await login(site, code=late) == 401


async def test_the_token_logs_in_by_form_and_as_a_bearer(site: Served) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert (await site.get("/api/v1/overview", headers=bearer)).status == 200
    assert (await site.get("/api/v1/overview")).status == 401, "a bearer begins no session"
    assert await login(site, token=TOKEN) == 204
    assert (await site.get("/api/v1/overview")).status == 200


async def test_a_code_may_be_pasted_where_the_token_goes(site: Served) -> None:
    assert await login(site, token=site.codes.make("user_id=7")) == 204


async def test_without_a_token_no_token_lets_in() -> None:
    async with served(token="") as site:
        assert await login(site, token="") == 400
        assert await login(site, token="anything at all, and long") == 401
        empty = {"Authorization": "Bearer "}
        assert (await site.get("/api/v1/overview", headers=empty)).status == 401


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b'"code"', b'{"code": 5}', b'{"code": null}', b"\xff\xfe"),
        *(b"[" * 4000, b'{"code": {"a": 1}}', b"code=abc"),
    ],
)
async def test_a_body_that_is_no_login_is_a_bad_request(site: Served, body: bytes) -> None:
    answer = await site.post("/login", data=body)
    assert answer.status == 400
    assert answer.json() == {
        "error": 'Send JSON: {"code": "…"} or {"token": "…"}.',
    }


async def test_a_session_ends_at_the_log_out_and_its_old_cookie_is_refused(site: Served) -> None:
    await site.log_in()
    old = {one.key: one.value for one in site.browser.cookie_jar}
    assert (await site.post("/logout")).status == 204
    assert list(site.browser.cookie_jar) == [], "the browser forgets it"
    assert (await site.get("/api/v1/overview", cookies=old)).status == 401


async def test_a_session_ends_after_twelve_hours(site: Served) -> None:
    await site.log_in()
    site.clock.turn(12 * 3600 - 1)
    assert (await site.get("/api/v1/overview")).status == 200
    site.clock.turn(2)
    assert (await site.get("/api/v1/overview")).status == 401


async def test_an_invented_cookie_is_refused(site: Served) -> None:
    for value in ("x", "", "a" * 4000):
        cookies = {f"debugcog_{site.port}": value}
        assert (await site.get("/api/v1/overview", cookies=cookies)).status == 401


@pytest.mark.parametrize(
    "other",
    [
        'pmaUser-1={"iv":"aa==","mac":"b"}',
        'a={"x":1}',
        'x="unclosed',
        "town=Köln",
        "=nameless",
        "a@b=1",
        "foo",
        "expires=Wed, 21 Oct",
        "debugcog_{port}=of-a-parent-domain",
    ],
)
async def test_cookies_of_other_programs_of_the_host_keep_nobody_out(
    site: Served, other: str
) -> None:
    (cookie,) = SimpleCookie((await site.log_in()).headers["Set-Cookie"]).values()
    ours = f"{cookie.key}={cookie.value}"
    theirs = other.format(port=site.port) if "{port}" in other else other
    site.browser.cookie_jar.clear()
    for both in (f"{theirs}; {ours}", f"{ours}; {theirs}"):
        asked = (
            f"GET /api/v1/overview HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nCookie: {both}\r\n"
        )
        answer = await site.raw(f"{asked}Connection: close\r\n\r\n")
        assert answer.partition(b"\r\n")[0] == b"HTTP/1.1 200 OK"
    out = await site.post("/logout", headers={"Cookie": f"{theirs}; {ours}"})
    assert "Max-Age=0" in out.headers["Set-Cookie"]
    assert (await site.get("/api/v1/overview", headers={"Cookie": ours})).status == 401


async def test_the_cookie_is_for_this_port_and_out_of_reach_of_scripts(site: Served) -> None:
    answer = await site.log_in()
    (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
    assert cookie.key == f"debugcog_{site.port}"
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert (cookie["secure"], cookie["domain"], cookie["max-age"]) == ("", "", "43200")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://bot.example.org", "Host": "127.0.0.1:5000"},
        {"Host": "bot.example.org"},
    ],
    ids=["a proxy that passes on another host", "a browser that sends no origin"],
)
async def test_under_https_the_cookie_is_for_https_alone(headers: dict[str, str]) -> None:
    async with served(public_url="https://bot.example.org") as site:
        answer = await site.log_in(headers=headers)
        (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
        name = f"__Host-debugcog_{site.port}"
        assert (cookie.key, cookie["secure"], cookie["path"], cookie["domain"]) == (
            name,
            True,
            "/",
            "",
        )
        cookies = {name: cookie.value}
        assert (await site.get("/api/v1/overview", cookies=cookies)).status == 200
        out = await site.post("/logout", cookies=cookies, headers=headers)
        assert "Max-Age=0" in out.headers["Set-Cookie"]
        assert (await site.get("/api/v1/overview", cookies=cookies)).status == 401


async def test_five_failed_logins_in_five_minutes_are_all(site: Served) -> None:
    assert [await login(site, token="wrong") for _ in range(6)] == [401] * 5 + [429]
    answer = await site.post("/login", json={"token": TOKEN})
    assert answer.status == 429, "the right one is not looked at either"
    assert answer.headers["Retry-After"] == "300"
    site.clock.turn(301)
    assert await login(site, token=TOKEN) == 204


@pytest.mark.parametrize("path", ["/api/v1/overview", "/metrics"])
async def test_wrong_bearers_are_failed_logins_each_of_them_one(site: Served, path: str) -> None:
    wrong = {"Authorization": "Bearer wrong"}
    found = [(await site.get(path, headers=wrong)).status for _ in range(6)]
    assert found == [401] * 5 + [429]
    assert (await site.get("/healthz", headers=wrong)).status == 200


async def test_failed_logins_and_wrong_bearers_of_an_address_do_not_keep_prometheus_out(
    site: Served,
) -> None:
    right, wrong = {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": "Bearer wrong"}
    for _ in range(6):  # a stranger, through the proxy that everybody comes through
        await login(site, token="wrong")
        await site.get("/metrics", headers=wrong)
    assert (await site.get("/metrics", headers=wrong)).status == 429
    assert (await site.get("/metrics", headers=right)).status == 200
    assert (await site.get("/api/v1/overview", headers=right)).status == 200


async def test_wrong_bearers_do_not_count_as_failed_logins_of_the_form(site: Served) -> None:
    for _ in range(6):
        await site.get("/metrics", headers={"Authorization": "Bearer wrong"})
    assert await login(site, token=TOKEN) == 204


@pytest.mark.parametrize("path", ["/api/v1/overview", "/metrics"])
async def test_a_bearer_for_another_name_is_refused_before_it_counts(
    site: Served, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {"Authorization": "Bearer wrong"}
    with caplog.at_level(logging.INFO, "debugcog.audit"):
        rebound = [
            (await site.get(path, headers={**wrong, "Host": "evil.example"})).status
            for _ in range(6)
        ]
    assert (rebound, caplog.messages) == ([421] * 6, [])
    assert (await site.get(path, headers=wrong)).status == 401


async def test_a_bearer_in_any_letters_and_one_that_is_no_text_are_compared_alike(
    site: Served,
) -> None:
    for prefix in ("bearer", "BEARER", "Bearer"):
        headers = {"Authorization": f"{prefix} {TOKEN}"}
        assert (await site.get("/metrics", headers=headers)).status == 200
    bytes_of_none = (
        b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \xff\xfe\r\n"
    )
    assert b" 401 " in await site.raw(bytes_of_none + b"Connection: close\r\n\r\n")


async def test_a_thousand_wrong_logins_lock_nobody_out_who_comes_from_discord(
    site: Served, caplog: pytest.LogCaptureFixture
) -> None:
    await site.log_in()
    with caplog.at_level(logging.INFO, "debugcog"):
        found = [await login(site, code=f"{number:032x}") for number in range(1_000)]
    assert found == [401] * 5 + [429] * 995
    refused = [one for one in caplog.records if "refused" in one.getMessage()]
    assert len(refused) == 5, "the log is not filled"
    assert (await site.get("/api/v1/overview")).status == 200, "who is in stays in"
    assert await login(site, code=site.codes.make("user_id=8")) == 204


async def test_logins_and_log_outs_are_in_the_audit_log_and_no_secret_is(
    site: Served, caplog: pytest.LogCaptureFixture
) -> None:
    code = site.codes.make("user_id=7")
    with caplog.at_level(logging.INFO, "debugcog.audit"):
        await login(site, code=code)
        await site.post("/logout")
        await login(site, token="a wrong one")
        await login(site, token=TOKEN)
    lines = [one.getMessage() for one in caplog.records if one.name == "debugcog.audit"]
    assert lines == [
        "dashboard login: user_id=7 address=127.0.0.1",
        "dashboard log-out: user_id=7",
        "dashboard login refused: wrong code or token address=127.0.0.1",
        "dashboard login: the token address=127.0.0.1",
    ]


def test_nothing_is_kept_that_lets_in() -> None:
    codes, sessions = Codes(), Sessions()
    code, cookie = codes.make("user_id=7"), sessions.begin("user_id=7")
    assert code not in repr(vars(codes))
    assert cookie not in repr(vars(sessions))


def test_codes_sessions_and_failures_take_bounded_memory() -> None:
    clock = Clock()
    codes, sessions, attempts = Codes(clock), Sessions(clock), Attempts(clock)
    first_code, first_cookie = codes.make("first"), sessions.begin("first")
    for number in range(2_000):
        codes.make("user")
        sessions.begin("user")
        attempts.fail(f"10.0.{number // 250}.{number % 250}")
    assert codes.use(first_code) is None
    assert sessions.find(first_cookie) is None
    assert (len(codes._valid), len(sessions._open), len(attempts._failed)) == (100, 200, 1_000)


def test_addresses_of_one_ipv6_customer_count_as_one() -> None:
    attempts = Attempts(Clock())
    for number in range(5):
        attempts.fail(f"2001:db8:1:2::{number}")
    assert attempts.wait("2001:db8:1:2:ffff::1") == 300
    assert attempts.wait("2001:db8:1:3::1") == 0


def test_failures_are_forgotten_one_by_one() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(5):
        attempts.fail("10.0.0.1")
        clock.turn(60)
    assert attempts.wait("10.0.0.1") == 0, "the first one is five minutes ago"
    attempts.fail("10.0.0.1")
    assert attempts.wait("10.0.0.1") == 60
