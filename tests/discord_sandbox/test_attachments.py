"""Files of messages, in embeds and on the CDN."""

from __future__ import annotations

import aiohttp
import pytest

from discord_sandbox import Sandbox
from tests.clock import Clock
from tests.discord_sandbox.parts import Home, Rest
from tests.discord_sandbox.posting import PNG, messages, posted


async def test_a_file_is_attached_and_served_by_the_cdn(
    rest: Rest, place: Home, session: aiohttp.ClientSession
) -> None:
    body = {"attachments": [{"id": 0, "description": "a chart"}]}
    answer = await posted(rest, place, body, files=[("chart.png", PNG)])
    shown = answer.body["attachments"][0]

    assert {key: shown[key] for key in shown if "url" not in key} == {
        "id": str(place.channel.messages[0].attachments[0].id),
        "filename": "chart.png",
        "size": len(PNG),
        "content_type": "image/png",
        "width": 800,
        "height": 400,
        "description": "a chart",
    }
    async with session.get(shown["url"]) as response:
        assert (await response.read(), response.content_type) == (PNG, "image/png")


async def test_a_file_that_is_a_page_cannot_act_as_the_sandboxs_own(
    rest: Rest, place: Home, session: aiohttp.ClientSession
) -> None:
    answer = await posted(rest, place, {}, files=[("page.html", b"<script>alert(1)</script>")])

    async with session.get(answer.body["attachments"][0]["url"]) as response:
        policy = response.headers["Content-Security-Policy"]
        assert policy == "sandbox; default-src 'none'"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_files_name_that_is_no_utf8_is_told_without_what_cannot_be_told(
    rest: Rest, place: Home
) -> None:
    form = (
        b'--a\r\nContent-Disposition: form-data; name="files[0]"; filename="\xff.txt"\r\n'
        b"\r\nhello\r\n--a--\r\n"
    )
    answer = await rest(
        "POST",
        f"/channels/{place.channel.id}/messages",
        data=aiohttp.payload.BytesPayload(form, content_type="multipart/form-data; boundary=a"),
    )

    assert [each["filename"] for each in answer.body["attachments"]] == ["?.txt"]


async def test_an_embed_shows_a_file_which_then_is_not_listed(rest: Rest, place: Home) -> None:
    embed = {"title": "Chart", "image": {"url": "attachment://chart.png"}}
    answer = await posted(rest, place, {"embeds": [embed]}, files=[("chart.png", PNG)])

    kept = place.channel.messages[0].attachments[0]
    assert answer.body["attachments"] == []
    assert kept.embedded
    image = answer.body["embeds"][0]["image"]
    assert (
        image["url"].split("?")[0].endswith(f"/attachments/{place.channel.id}/{kept.id}/chart.png")
    )
    assert (image["width"], image["height"]) == (800, 400)


async def test_an_embed_shows_a_file_with_its_alt_text(rest: Rest, place: Home) -> None:
    embed = {"title": "Chart", "image": {"url": "attachment://chart.png"}}
    attachment = {"id": 0, "filename": "chart.png", "description": "Response time, last hour"}
    body = {"embeds": [embed], "attachments": [attachment]}
    answer = await posted(rest, place, body, files=[("chart.png", PNG)])

    assert answer.body["embeds"][0]["image"]["description"] == "Response time, last hour"


@pytest.mark.parametrize("name", ["missing.png", "chart.svg"])
async def test_an_embed_does_not_show_a_file_that_is_missing_or_no_picture(
    rest: Rest, place: Home, name: str
) -> None:
    embed = {"title": "Chart", "image": {"url": f"attachment://{name}"}}
    answer = await posted(rest, place, {"embeds": [embed]}, files=[("chart.svg", b"<svg/>")])

    assert "image" not in answer.body["embeds"][0]
    assert [each["filename"] for each in answer.body["attachments"]] == ["chart.svg"]


async def test_an_edit_of_the_embed_alone_lets_its_file_show_twice(rest: Rest, place: Home) -> None:
    """See https://github.com/discord/discord-api-docs/issues/1340."""
    embed = {"title": "Chart", "image": {"url": "attachment://chart.png"}}
    made = await posted(rest, place, {"embeds": [embed]}, files=[("chart.png", PNG)])
    own = messages(place, made.body["id"])

    text_only = await rest("PATCH", own, {"content": "new text"})
    other_embed = await rest("PATCH", own, {"embeds": [{"title": "No chart"}]})

    assert text_only.body["attachments"] == []
    assert [each["filename"] for each in other_embed.body["attachments"]] == ["chart.png"]


async def test_an_edit_keeps_the_files_that_it_lists_and_adds_new_ones(
    rest: Rest, place: Home, sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    files = [("a.txt", b"a"), ("b.txt", b"b")]
    made = await posted(rest, place, {}, files=files)
    old = made.body["attachments"]
    body = {"attachments": [{"id": old[1]["id"]}, {"id": 0, "filename": "c.txt"}]}

    answer = await rest("PATCH", messages(place, made.body["id"]), body, files=[("c.txt", b"c")])

    assert [each["filename"] for each in answer.body["attachments"]] == ["b.txt", "c.txt"]
    async with session.get(old[0]["url"]) as response:
        assert response.status == 404


@pytest.mark.parametrize("change", ["ex=ffffffff", "hm=0", "is=0"])
async def test_an_address_of_the_cdn_is_signed(
    rest: Rest, place: Home, session: aiohttp.ClientSession, change: str
) -> None:
    made = await posted(rest, place, {}, files=[("a.txt", b"a")])
    url = made.body["attachments"][0]["url"]
    key = change.partition("=")[0]
    forged = "&".join(
        change if part.startswith(f"{key}=") else part for part in url.partition("?")[2].split("&")
    )

    async with session.get(url.partition("?")[0] + "?" + forged) as response:
        assert response.status == (200 if key == "is" else 404)


async def test_an_address_of_the_cdn_expires_after_a_day_and_is_fresh_when_fetched(
    rest: Rest, place: Home, session: aiohttp.ClientSession, clock: Clock
) -> None:
    made = await posted(rest, place, {}, files=[("a.txt", b"a")])
    clock.turn(86_401)
    again = await rest("GET", messages(place, made.body["id"]))

    async with session.get(made.body["attachments"][0]["url"]) as old:
        assert (old.status, await old.text()) == (404, "This content is no longer available.")
    async with session.get(again.body["attachments"][0]["url"]) as fresh:
        assert fresh.status == 200
