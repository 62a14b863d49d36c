from __future__ import annotations

import re
import socket
from pathlib import Path

import aiohttp
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.page import site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)
MAKES_MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser"
    r"|createContextualFragment|setHTML|srcdoc|setTimeout\(\s*[\"'`]"
)
FAMILIES = {True: socket.AF_INET6, False: socket.AF_INET}
FILES = {path.name: path.read_bytes() for path in sorted(site.STATIC.iterdir())}
SCRIPTS = [name for name in FILES if name.endswith(".js")]


async def status_of(
    session: aiohttp.ClientSession, url: str, **headers: str
) -> tuple[int, str | None]:
    async with session.get(url, headers=headers) as response:
        return response.status, response.headers.get("Content-Security-Policy")


async def test_the_page_comes_where_the_gateway_is(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    async with session.get(sandbox.page_url) as response:
        text = await response.text()
        headers = response.headers
    assert '<script type="module" src="/page/main.js"></script>' in text
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("name", FILES)
async def test_every_file_is_served_with_its_type(
    name: str, sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{sandbox.page_url}page/{name}") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == site.TYPES[Path(name).suffix]
        assert response.headers["Content-Security-Policy"] == POLICY
        assert await response.read() == FILES[name]


@pytest.mark.parametrize("name", ["page/nothing.js", "page/..%2fsite.py", "page/site.py", "page/"])
async def test_other_files_are_not(
    name: str, sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    assert (await status_of(session, sandbox.page_url + name))[0] == 404


@pytest.mark.parametrize("path", ["", "page/main.js", "page/live"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8085"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "evil.example@127.0.0.1"},
        {"Host": "[::1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
    ids=lambda headers: str(*headers.values()),
)
async def test_pages_of_other_sites_get_nothing(
    path: str, headers: dict[str, str], sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    answer = await status_of(session, sandbox.page_url + path, **headers)
    assert answer == (403, POLICY)


async def test_another_site_cannot_open_the_socket(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await session.ws_connect(sandbox.page_url + "page/live", origin="https://evil.example")


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("::", "[::1]")],
)
async def test_the_addresses_that_are_told_lead_to_the_sandbox(
    host: str, shown: str, session: aiohttp.ClientSession
) -> None:
    try:
        socket.create_server((host, 0), family=FAMILIES[":" in host]).close()
    except OSError:
        pytest.skip(f"this machine has no address {host}")
    async with Sandbox(host=host) as sandbox:
        assert sandbox.page_url.rpartition(":")[0] == f"http://{shown}"
        assert await status_of(session, sandbox.page_url) == (200, POLICY)
        async with session.get(sandbox.api_base + "/gateway") as response:
            assert (await response.json())["url"] == sandbox.gateway_url


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_the_machines_own_names_are_fine(
    host: str, sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    headers = {"Host": f"{host}:8085", "Origin": f"http://{host}:8085"}
    assert await status_of(session, sandbox.page_url, **headers) == (200, POLICY)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_makes_markup_of_texts(name: str) -> None:
    text = FILES[name].decode()
    assert MAKES_MARKUP.findall(text) == []
    assert text.startswith("// ")
    assert len(text.splitlines()) < 300


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    text = FILES["index.html"].decode()
    assert (
        re.findall(r"<script(?![^>]*\bsrc=\"/page/)|<style|\bstyle=|\bon\w+=|https?:", text) == []
    )
    for name, content in FILES.items():
        if name.endswith(".css"):
            assert re.findall(rb"@import|url\(", content) == []


async def test_the_page_is_there_during_an_outage(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    sandbox.faults.outage(60)
    assert (await status_of(session, sandbox.page_url))[0] == 200
