"""Files come by name from our own list; no path of a request reaches the disk."""

from __future__ import annotations

import pytest

from services.debugcog.web.static_files import FOLDER
from tests.services.web.served import Served

TRAVERSALS = (
    "/static/../application.py",
    "/static/..%2fapplication.py",
    "/static/%2e%2e/application.py",
    "/static/%2e%2e%2fapplication.py",
    "/static/..%5capplication.py",
    "/static/....//application.py",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/main.js%00.html",
    "/static/main.js/",
    "/static/",
    "/static/.",
    "/static/%252e%252e%252fapplication.py",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/api/v1/../../static/../application.py",
)


@pytest.mark.parametrize("path", TRAVERSALS)
async def test_no_path_leads_to_another_file(site: Served, path: str) -> None:
    await site.log_in()
    (cookie,) = site.browser.cookie_jar
    answer = await site.raw(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie.key}={cookie.value}\r\n"
        "Connection: close\r\n\r\n"
    )
    assert answer.split(b" ")[1] in (b"404", b"400")
    assert b"import" not in answer
    assert b"root:" not in answer


async def test_every_file_of_the_folder_is_served_with_its_type(site: Served) -> None:
    types = {".css": "text/css", ".js": "text/javascript", ".html": "text/html"}
    names = [path for path in FOLDER.iterdir() if path.suffix in types]
    assert len(names) >= 3
    for path in names:
        answer = await site.get(f"/static/{path.name}")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == f"{types[path.suffix]}; charset=utf-8"
        assert answer.read() == path.read_bytes()


async def test_a_file_that_has_not_changed_is_not_sent_again(site: Served) -> None:
    first = await site.get("/static/main.js")
    assert first.headers["Cache-Control"] == "no-cache"
    again = await site.get("/static/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.read()) == (304, b"")


async def test_each_page_is_the_one_page(site: Served) -> None:
    await site.log_in()
    page = (FOLDER / "index.html").read_bytes()
    for path in ("/", "/performance", "/runtime", "/users", "/logs", "/login"):
        answer = await site.get(path)
        assert (answer.status, answer.read()) == (200, page)


@pytest.mark.parametrize(
    "path",
    [
        "/static/x%0d%0aSet-Cookie:%20a=b",
        "/login?next=%0d%0aSet-Cookie:%20a=b",
        "/performance?window=%0d%0aLocation:%20https://evil.example",
        "/api/v1/overview?window=%0d%0aX-Injected:%201",
        "/%0d%0aX-Injected:%201",
    ],
)
async def test_a_line_break_in_an_address_begins_no_header(site: Served, path: str) -> None:
    answer = await site.raw(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    head = answer.partition(b"\r\n\r\n")[0].lower().splitlines()
    names = {line.partition(b":")[0] for line in head[1:]}
    assert not names & {b"set-cookie", b"x-injected"}
    assert not [line for line in head if line.startswith(b"location: http")]
