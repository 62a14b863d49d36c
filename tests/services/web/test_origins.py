"""Requests for another name, or from another site's page, are refused."""

from __future__ import annotations

import pytest

from tests.services.web.served import TOKEN, Served, served

PUBLIC = "https://bot.example.org"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:5000", "127.0.0.1", "192.168.1.20:5000", "[::1]:5000", "localhost", "LOCALHOST:1"],
)
async def test_addresses_and_localhost_are_served(site: Served, host: str) -> None:
    assert (await site.get("/login", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("rebound.example", "rebound.example:5000", "127.0.0.1.rebound.example", "localhost.evil"),
        *("bot.example.org", "127.0.0.1@evil.example", "", "[::1", "localhost:http", "0x7f.1"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/login", "/api/v1/overview", "/metrics", "/static/main.js"])
async def test_a_name_that_was_rebound_to_this_address_is_not(
    site: Served, host: str, path: str
) -> None:
    await site.log_in()
    answer = await site.get(path, headers={"Host": host})
    assert answer.status == 421
    assert answer.json() == {
        "error": (
            "This server does not go by that name: open it by its IP address, or set "
            "DASHBOARD_PUBLIC_URL."
        )
    }


async def test_a_request_with_no_host_or_with_two_is_not_served(site: Served) -> None:
    assert b" 421 " in await site.raw("GET /login HTTP/1.0\r\n\r\n")
    both = "Host: 127.0.0.1\r\nHost: rebound.example\r\n"
    answer = await site.raw(f"GET /login HTTP/1.1\r\n{both}Connection: close\r\n\r\n")
    assert answer.split()[1] in (b"400", b"421")


async def test_the_public_address_is_served_too() -> None:
    async with served(public_url=PUBLIC) as site:
        for host in ("bot.example.org", "BOT.example.org:443"):
            assert (await site.get("/login", headers={"Host": host})).status == 200
        assert (await site.get("/login", headers={"Host": "x.bot.example.org"})).status == 421


async def test_the_bearer_token_scrapes_metrics_by_any_name_and_nothing_else(site: Served) -> None:
    headers = {"Host": "bot:5000", "Authorization": f"Bearer {TOKEN}"}
    assert (await site.get("/metrics", headers=headers)).status == 200
    assert (await site.get("/api/v1/overview", headers=headers)).status == 421
    wrong = {"Host": "bot:5000", "Authorization": "Bearer wrong"}
    assert (await site.get("/metrics", headers=wrong)).status == 421


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_another_container_asks_for_health_by_any_name_or_none(
    site: Served, path: str
) -> None:
    assert (await site.get(path, headers={"Host": "bot:5000"})).status == 200
    assert (await site.raw(f"GET {path} HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.0 200 ")


FOREIGN = {
    "another site": {"Origin": "https://evil.example"},
    "another port": {"Origin": "http://127.0.0.1:1"},
    "a sandboxed frame": {"Origin": "null"},
    "fetched by another site": {"Sec-Fetch-Site": "cross-site"},
    "fetched by a sibling": {"Sec-Fetch-Site": "same-site"},
    "another site without Origin": {"Origin": "http://127.0.0.1.evil.example"},
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("path", ["/login", "/logout"])
async def test_a_post_from_a_page_of_another_site_is_refused(
    site: Served, path: str, name: str
) -> None:
    code = site.codes.make("user_id=7")
    await site.log_in()
    answer = await site.post(path, json={"code": code}, headers=FOREIGN[name])
    assert answer.status == 403
    assert (await site.get("/api/v1/overview")).status == 200, "still logged in"
    assert (await site.post("/login", json={"code": code})).status == 204, "and the code is left"


async def test_a_post_of_our_own_page_is_taken(site: Served) -> None:
    own = {"Origin": site.base, "Sec-Fetch-Site": "same-origin"}
    await site.log_in(headers=own)
    assert (await site.post("/logout", headers=own)).status == 204


async def test_behind_a_proxy_the_public_origin_is_our_own_whatever_host_it_passes_on() -> None:
    async with served(public_url=PUBLIC) as site:
        await site.log_in(headers={"Origin": PUBLIC, "Host": "127.0.0.1:5000"})
        await site.log_in(headers={"Origin": PUBLIC, "Host": "bot.example.org"})
        code = site.codes.make("user_id=7")
        foreign = {"Origin": "http://bot.example.org", "Host": "127.0.0.1:5000"}
        assert (await site.post("/login", json={"code": code}, headers=foreign)).status == 403


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        (
            "https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example",
            "xn--bcher-kva.example",
            "https://xn--bcher-kva.example",
        ),
        ("https://bot.example.org:443", "127.0.0.1:5000", "https://bot.example.org"),
        ("https://bot.example.org", "bot.example.org:443", "https://bot.example.org"),
        ("http://bot.example.org:80", "bot.example.org", "http://bot.example.org"),
        ("https://bot.example.org.", "bot.example.org.", "https://bot.example.org."),
        ("https://bot.example.org/debug", "bot.example.org", "https://bot.example.org"),
    ],
)
async def test_the_public_address_is_compared_as_browsers_write_it(
    url: str, host: str, origin: str
) -> None:
    own = {"Host": host, "Origin": origin, "Sec-Fetch-Site": "same-origin"}
    async with served(public_url=url) as site:
        assert (await site.get("/login", headers={"Host": host})).status == 200
        answer = await site.log_in(headers=own)
        assert ("Secure" in answer.headers["Set-Cookie"]) == origin.startswith("https://")
        code = site.codes.make("user_id=7")
        for foreign in ("https://xn--bcher-kva.example:8443", "ftp://bot.example.org", "https://"):
            asked = await site.post(
                "/login", json={"code": code}, headers={**own, "Origin": foreign}
            )
            assert asked.status == 403


async def test_a_public_address_that_is_none_lets_no_other_name_in() -> None:
    async with served(public_url="https://a..b") as site:
        for host in ("evil.example", ":", ".", "b"):
            assert (await site.get("/login", headers={"Host": host})).status in (400, 421)
        code = site.codes.make("user_id=7")
        headers = {"Origin": "https://evil.example", "Host": "127.0.0.1"}
        assert (await site.post("/login", json={"code": code}, headers=headers)).status == 403
