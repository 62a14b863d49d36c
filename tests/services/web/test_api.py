"""Answers in their envelope: redacted, bounded in time, and never a traceback."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import pytest

from services.debugcog.answers.published import Published
from services.debugcog.web.questions import Ask, RefusedError
from services.debugcog.web.workers import Workers
from tests.services.web.served import Served, published, served

NOBODY = "asked by nobody"


def asking(question: Any, **parts: Any) -> Any:
    """Serve one question, and a frame that names the bot."""
    return served(
        questions={"q": question, "q/{id}": question},
        frame=lambda published: {"name": published.name},
        **parts,
    )


async def echo(published: Published, ask: Ask) -> object:
    return {
        "window": ask.window,
        "page": ask.number("page", 1, low=1, high=1000),
        "search": ask.text("search"),
        "sort": ask.choice("sort", ("name", "affection"), "name"),
        "id": ask.path.get("id", ""),
        "viewer": ask.viewer,
    }


async def body_of(site: Served, path: str) -> Any:
    return (await site.get(path)).json()


async def test_an_answer_stands_in_the_frame_and_knows_what_was_asked() -> None:
    async with asking(echo) as site:
        await site.log_in()
        assert await body_of(site, "/api/v1/q") == {
            "frame": {"name": "Testbot"},
            "answer": {
                "window": "1h",
                "page": 1,
                "search": "",
                "sort": "name",
                "id": "",
                "viewer": "user_id=7",
            },
        }
        path = "/api/v1/q/42?window=7d&page=3&search=a%20b&sort=affection&page=9"
        assert (await body_of(site, path))["answer"] == {
            "window": "7d",
            "page": 3,
            "search": "a b",
            "sort": "affection",
            "id": "42",
            "viewer": "user_id=7",
        }


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("window=2h", "window: one of 5m, 15m, 1h, 6h, 24h, 7d."),
        ("window=", "window: one of 5m, 15m, 1h, 6h, 24h, 7d."),
        ("page=0", "page: a whole number from 1 to 1000."),
        ("page=-1", "page: a whole number from 1 to 1000."),
        ("page=1e3", "page: a whole number from 1 to 1000."),
        ("page=%D9%A3", "page: a whole number from 1 to 1000."),
        (f"page={'9' * 5_000}", "page: a whole number from 1 to 1000."),
        ("page=NaN", "page: a whole number from 1 to 1000."),
        (f"search={'a' * 201}", "search: 200 characters at most."),
        ("sort=password", "sort: one of name, affection."),
    ],
)
async def test_a_bad_parameter_is_a_bad_request_that_names_it(query: str, text: str) -> None:
    async with asking(echo) as site:
        await site.log_in()
        answer = await site.get(f"/api/v1/q?{query}")
        assert (answer.status, answer.json()) == (400, {"error": text})


async def test_an_answer_that_raises_is_told_in_one_line_and_not_to_the_client(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(published: Published, ask: Ask) -> object:
        raise LookupError("the secret is hunter2")

    async with asking(broken) as site:
        await site.log_in()
        with caplog.at_level(logging.INFO, "debugcog.web"):
            answers = [await site.get("/api/v1/q") for _ in range(3)]
    assert [one.status for one in answers] == [500] * 3
    text = answers[0].text()
    assert text == '{"error": "This answer failed. The bot\'s log says why."}'
    failed = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert [one.getMessage() for one in failed] == ["Answer failed: GET /api/v1/q, LookupError"]


async def test_a_connection_of_the_hosts_that_breaks_is_an_answer_that_failed() -> None:
    async def unreachable(published: Published, ask: Ask) -> object:
        raise ConnectionResetError("the host's database has gone")

    async with asking(unreachable) as site:
        await site.log_in()
        assert (await site.get("/api/v1/q")).status == 500


async def test_what_cannot_be_written_as_json_is_an_answer_that_failed() -> None:
    async def odd(published: Published, ask: Ask) -> object:
        return {"value": object()}

    async with asking(odd) as site:
        await site.log_in()
        assert (await site.get("/api/v1/q")).status == 500


async def test_an_answer_that_takes_too_long_is_given_up_and_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.debugcog.web.application.Workers", lambda: Workers(0.3))
    cancelled = threading.Event()

    async def slow(published: Published, ask: Ask) -> object:
        if ask.path:
            return "quick"
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()
        return "slow"

    async with asking(slow) as site:
        await site.log_in()
        late, quick = await asyncio.gather(site.get("/api/v1/q"), site.get("/api/v1/q/1"))
        assert quick.json()["answer"] == "quick"
        assert late.status == 503
        assert late.json() == {
            "error": "This answer takes longer than 0.3 s. Try a shorter window."
        }
        assert cancelled.is_set()


async def test_answers_are_made_off_the_bots_thread() -> None:
    threads = set()

    async def who(published: Published, ask: Ask) -> object:
        threads.add(threading.current_thread().name)
        return None

    async with asking(who) as site:
        await site.log_in()
        await site.get("/api/v1/q")
    assert threads == {"debugcog-web"}


async def test_every_text_of_an_answer_and_its_frame_is_redacted() -> None:
    async def secrets(published: Published, ask: Ask) -> object:
        return {
            "label hunter2": ["hunter2", {"text": "x hunter2 y"}],
            "points": [[1.5, 2.5], [2.5, None], [3.5, "hunter2"], [4.5, ["hunter2"]]],
            "count": 3,
        }

    def redact(text: str) -> str:
        return text.replace("hunter2", "[redacted]")

    latest = published(name="Bot hunter2")
    async with asking(secrets, redact=redact, latest=lambda: latest) as site:
        await site.log_in()
        assert await body_of(site, "/api/v1/q") == {
            "frame": {"name": "Bot [redacted]"},
            "answer": {
                "label [redacted]": ["[redacted]", {"text": "x [redacted] y"}],
                "points": [[1.5, 2.5], [2.5, None], [3.5, "[redacted]"], [4.5, ["[redacted]"]]],
                "count": 3,
            },
        }


async def test_no_text_turns_the_reading_direction_of_a_page_round() -> None:
    async def reversing(published: Published, ask: Ask) -> object:
        return {"na\u202eme": ["cod\u202egnp.exe", {"text": "two\nlines \u2067x"}]}

    async with asking(reversing, latest=lambda: published(name="Bot\u202e")) as site:
        await site.log_in()
        assert await body_of(site, "/api/v1/q") == {
            "frame": {"name": "Bot"},
            "answer": {"name": ["codgnp.exe", {"text": "two\nlines x"}]},
        }


async def test_a_refusal_of_a_question_is_told_as_it_is() -> None:
    async def missing(published: Published, ask: Ask) -> object:
        raise RefusedError(404, "There is no such user.")

    async with asking(missing) as site:
        await site.log_in()
        answer = await site.get("/api/v1/q")
        assert (answer.status, answer.json()) == (404, {"error": "There is no such user."})


async def test_before_the_bot_has_published_anything_an_answer_has_to_wait() -> None:
    async with asking(echo, latest=lambda: None) as site:
        await site.log_in()
        answer = await site.get("/api/v1/q")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


async def test_an_unknown_address_is_not_found_in_words() -> None:
    async with asking(echo) as site:
        await site.log_in()
        for path in ("/api/v1/nothing", "/api/v2/q", "/wp-login.php"):
            answer = await site.get(path)
            assert answer.status == 404
            assert answer.json() == {"error": "There is nothing at this address."}
