"""Something between the bot and Discord answers: never sent, never refused, and told as that."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import discord
import pytest
from aiohttp import ServerDisconnectedError

from cogs.debug.delivery.answers import BODY_MAX, Answer
from cogs.debug.delivery.classification import Request, answered, result_of
from cogs.debug.delivery.message_builder import Outgoing
from cogs.debug.delivery.transport import DiscordTransport
from discord_sandbox.faults import Fault, Trouble
from services.debugcog.outbox.outcomes import Outcome, Result
from services.debugcog.setting_kinds import OWNERS_DM
from tests.delivery_line import HELLO, Line, connected

PAGE = "<html><head><title>Sign in</title></head><body>portal</body></html>"
MESSAGES = "/channels/*/messages"
ODD: dict[str, Fault] = {
    "a page of 200": Fault(Trouble.PROXY, status=200, body=PAGE),
    "an empty 200": Fault(Trouble.PROXY, status=200, body=""),
    "JSON without an id": Fault(Trouble.PROXY, status=200, body='{"ok": true}'),
    "JSON cut off": Fault(Trouble.PROXY, status=200, body='{"id": "12'),
    "JSON of a word": Fault(Trouble.PROXY, status=200, body='"ok"'),
    "a message of another channel": Fault(
        Trouble.PROXY, status=200, body='{"id": "12", "channel_id": "1"}'
    ),
    "201": Fault(Trouble.PROXY, status=201, body='{"id": "12"}'),
    "202": Fault(Trouble.PROXY, status=202, body=""),
    "204": Fault(Trouble.PROXY, status=204, body=""),
    "a redirect to nowhere": Fault(Trouble.PROXY, status=302, body=""),
    "304": Fault(Trouble.PROXY, status=304, body=""),
    "a page of 400": Fault(Trouble.PROXY, status=400, body=PAGE),
    "a page of 401": Fault(Trouble.PROXY, status=401, body=PAGE),
    "a page of 403": Fault(Trouble.PROXY, status=403, body=PAGE),
    "a page of 404": Fault(Trouble.PROXY, status=404, body=PAGE),
    "JSON of 400": Fault(Trouble.PROXY, status=400, body='{"error": "bad request"}'),
    "JSON of 404": Fault(Trouble.PROXY, status=404, body='{"message": "no route"}'),
    "JSON of 404 with its status as code": Fault(
        Trouble.PROXY, status=404, body='{"message": "Not Found", "code": 404}'
    ),
    "405": Fault(Trouble.PROXY, status=405, body=""),
    "407": Fault(Trouble.PROXY, status=407, body=PAGE),
    "408": Fault(Trouble.PROXY, status=408, body=PAGE),
    "409": Fault(Trouble.PROXY, status=409, body=PAGE),
    "451": Fault(Trouble.PROXY, status=451, body=PAGE),
}


FEW = [name for name in ODD if ODD[name].status in (200, 204, 304, 401, 404, 409)]


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with connected() as line:
        yield line


def odd(line: Line, name: str, method: str, path: str = MESSAGES) -> None:
    fault = ODD[name]
    line.sandbox.faults.add(
        Fault(Trouble.PROXY, method, path, status=fault.status, body=fault.body)
    )


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_answer_to_a_post_is_no_word_of_discord(line: Line, name: str) -> None:
    odd(line, name, "POST")
    result = await line.post()
    assert (result.outcome, result.message_id) == (Outcome.FOREIGN, None)
    assert result.detail.startswith(str(ODD[name].status))
    assert (await line.post()).outcome is Outcome.SENT
    assert len(line.channel.messages) == 1


@pytest.mark.parametrize("name", FEW)
async def test_an_odd_answer_to_an_edit_loses_neither_the_card_nor_the_change(
    line: Line, name: str
) -> None:
    card = (await line.post()).message_id
    assert card
    odd(line, name, "PATCH", "/channels/*/messages/*")
    assert (await line.transport.edit(line.channel.id, card, HELLO)).outcome is Outcome.FOREIGN
    assert (await line.transport.edit(line.channel.id, card, HELLO)).outcome is Outcome.SENT


@pytest.mark.parametrize("name", FEW)
async def test_an_odd_answer_to_the_look_is_not_an_empty_channel(line: Line, name: str) -> None:
    await line.post()
    odd(line, name, "GET")
    result = await line.transport.recent(line.channel.id)
    assert isinstance(result, Result)
    assert result.outcome is Outcome.FOREIGN
    assert await line.transport.recent(line.channel.id) == {line.channel.messages[0].id: "hello"}


@pytest.mark.parametrize("path", ["/users/@me", "/oauth2/applications/@me"])
@pytest.mark.parametrize("name", ["a page of 200", "204", "a page of 401", "a page of 404"])
async def test_an_odd_answer_to_the_login_is_no_refused_token(
    line: Line, name: str, path: str
) -> None:
    odd(line, name, "GET", path)
    assert (await line.post()).outcome is Outcome.FOREIGN
    assert (await line.post()).outcome is Outcome.SENT


@pytest.mark.parametrize("name", ["a page of 403", "a page of 404", "204", "JSON without an id"])
async def test_an_odd_answer_to_the_opening_of_direct_messages_does_not_close_them(
    line: Line, name: str
) -> None:
    odd(line, name, "POST", "/users/@me/channels")
    result = await line.transport.post(OWNERS_DM, HELLO, "abc0", None)
    assert result.outcome is Outcome.FOREIGN
    assert (await line.transport.post(OWNERS_DM, HELLO, "abc0", None)).outcome is Outcome.SENT


async def test_a_post_that_was_redirected_into_a_get_is_not_sent(line: Line) -> None:
    here = f"{line.sandbox.api_base}/channels/{line.channel.id}/messages"
    line.sandbox.faults.add(
        Fault(Trouble.PROXY, "POST", MESSAGES, status=302, body="", location=here)
    )
    assert (await line.post()).outcome is Outcome.FOREIGN


async def test_an_edit_that_was_redirected_to_the_message_itself_is_not_done(line: Line) -> None:
    card = (await line.post()).message_id
    assert card
    here = f"{line.sandbox.api_base}/channels/{line.channel.id}/messages/{card}"
    fault = Fault(Trouble.PROXY, "PATCH", f"{MESSAGES}/*", status=303, body="", location=here)
    line.sandbox.faults.add(fault)
    change = Outgoing("changed")
    assert (await line.transport.edit(line.channel.id, card, change)).outcome is Outcome.FOREIGN


@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:1/", "mailto:x", "http://[", "API/users/@me"]
)
async def test_a_redirect_that_leads_nowhere_is_told_with_its_status(
    line: Line, location: str
) -> None:
    where = location.replace("API", line.sandbox.api_base)
    line.sandbox.faults.add(Fault(Trouble.PROXY, times=0, status=307, body="", location=where))
    result = await line.post()
    assert result.outcome is Outcome.FOREIGN
    assert result.detail.startswith("307 Temporary Redirect")


async def test_a_server_error_is_not_tried_again_inside_of_discord_py(line: Line) -> None:
    line.fault(Trouble.ERROR_502)
    result = await line.post()
    assert (result.outcome, result.detail) == (
        Outcome.UNSURE,
        "502 Bad Gateway (text/plain: upstream connect error)",
    )
    posts = [one for one in line.sandbox.requests if one.method == "POST"]
    assert len(posts) == 1


@pytest.mark.parametrize("taken", [200, 204, 404])
async def test_what_discord_took_is_found_in_the_channel_whatever_was_answered(
    line: Line, taken: int
) -> None:
    line.sandbox.faults.add(
        Fault(Trouble.PROXY, "POST", MESSAGES, status=taken, body="", taken=True)
    )
    assert (await line.post(message=Outgoing("late\n-# abc0"))).outcome is Outcome.FOREIGN
    (posted,) = line.channel.messages
    assert await line.transport.recent(line.channel.id) == {posted.id: "late\n-# abc0"}


async def test_a_message_that_discord_py_cannot_read_hides_no_other_from_the_look(
    line: Line,
) -> None:
    ours = (await line.post(message=Outgoing("late\n-# abc0"))).message_id
    listed = [
        {"id": "1", "channel_id": str(line.channel.id), "author": None},
        *await line.bot.http.logs_from(line.channel.id, 50),
    ]
    fault = Fault(Trouble.PROXY, "GET", MESSAGES, status=200, body=json.dumps(listed))
    line.sandbox.faults.add(fault)
    assert await line.transport.recent(line.channel.id) == {ours: "late\n-# abc0"}


async def test_a_message_that_discord_py_cannot_read_is_sent_if_it_has_its_id(line: Line) -> None:
    body = json.dumps({"id": "12", "channel_id": str(line.channel.id)})
    line.sandbox.faults.add(Fault(Trouble.PROXY, "POST", MESSAGES, status=200, body=body))
    assert await line.post() == Result(Outcome.SENT, message_id=12)


@pytest.mark.parametrize("number", [str(2**63), "9" * 5000])
async def test_an_id_that_cannot_be_kept_is_none_of_discords(line: Line, number: str) -> None:
    body = json.dumps({"id": number, "channel_id": str(line.channel.id)})
    line.sandbox.faults.add(Fault(Trouble.PROXY, "POST", MESSAGES, status=200, body=body))
    assert (await line.post()).outcome is Outcome.FOREIGN


async def test_of_an_answer_that_is_too_long_only_the_beginning_is_read(line: Line) -> None:
    body = json.dumps({"id": "12", "channel_id": str(line.channel.id), "content": "x" * BODY_MAX})
    line.sandbox.faults.add(Fault(Trouble.PROXY, "POST", MESSAGES, status=200, body=body))
    assert (await line.post()).outcome is Outcome.FOREIGN
    assert (await line.post()).outcome is Outcome.SENT


async def test_a_wait_of_years_is_not_discords(line: Line) -> None:
    line.fault(Trouble.RATE_LIMIT, 1e9)
    result = await line.post()
    assert (result.outcome, result.retry_after) == (Outcome.FOREIGN, 30.0)
    assert (await line.post()).outcome is Outcome.SENT


async def test_headers_that_count_down_an_hour_hold_nothing_up_that_discord_takes(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    hourly = {"Limit": "5000", "Remaining": "4990", "Reset-After": "3500"}
    headers = {f"X-RateLimit-{name}": value for name, value in hourly.items()}
    monkeypatch.setattr("discord_sandbox.rest.ratelimits.RateLimits._headers", lambda *_: headers)
    results = [await line.post(f"abc{number}") for number in range(4)]
    assert [result.outcome for result in results] == [Outcome.SENT] * 4
    assert len(line.channel.messages) == 4


async def test_what_a_new_client_infers_too_is_a_limit_and_no_third_client_is_made(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = list[int]()

    async def limited(channel_id: int) -> None:
        attempts.append(channel_id)
        raise discord.RateLimited(600)

    monkeypatch.setattr(line.transport, "_channel", limited)
    assert (await line.post()).outcome is Outcome.LIMITED
    assert attempts == [line.channel.id] * 2


def test_a_connection_that_is_lost_at_the_login_has_taken_no_message() -> None:
    for channel_id, outcome in ((0, Outcome.UNREACHABLE), (5, Outcome.UNSURE)):
        request = Request("POST", channel_id=channel_id)
        lost = result_of(ServerDisconnectedError(), None, request, asked=True, redact=str)
        assert lost.outcome is outcome


def test_a_wait_of_years_that_discord_py_was_told_is_not_kept() -> None:
    told = result_of(discord.RateLimited(1e9), None, POST, asked=False, redact=str)
    assert (told.outcome, told.retry_after) == (Outcome.LIMITED, 900.0)


async def test_what_an_odd_answer_says_is_redacted_and_short(line: Line) -> None:
    transport = DiscordTransport(
        line.bot, redact=lambda text: text.replace("hunter2", "[redacted]")
    )
    page = f"<title>key hunter2 {'x' * 500}</title>"
    line.sandbox.faults.add(Fault(Trouble.PROXY, "POST", MESSAGES, status=403, body=page))
    result = await transport.post(line.channel.id, HELLO, "abc0", None)
    assert result.detail.startswith("403 Forbidden (text/html: key [redacted] xxx")
    assert len(result.detail) < 130
    await transport.close()


POST, PATCH, GET = Request("POST", None, 5), Request("PATCH", 7, 5), Request("GET", None, 5)
IN_POST = Request("PATCH", 7, 5, in_post=True)
OPENING = Request("POST", None, 5, opens_post=True)


@pytest.mark.parametrize(
    ("request_made", "status", "code", "outcome"),
    [
        (POST, 400, 50035, Outcome.REFUSED),
        (POST, 400, 40004, Outcome.UNSURE),
        (POST, 400, 130000, Outcome.UNSURE),
        (POST, 413, 40005, Outcome.REFUSED),
        (POST, 403, 50013, Outcome.FORBIDDEN),
        (POST, 403, 50007, Outcome.FORBIDDEN),
        (POST, 403, 40333, Outcome.BANNED),
        (POST, 404, 10003, Outcome.NO_CHANNEL),
        (POST, 404, 10008, Outcome.DELETED),
        (PATCH, 404, 10008, Outcome.GONE),
        (POST, 400, 50083, Outcome.WRONG_CHANNEL),
        (POST, 403, 160005, Outcome.WRONG_CHANNEL),
        (PATCH, 400, 50083, Outcome.ARCHIVED),
        (PATCH, 403, 160005, Outcome.ARCHIVED),
        (PATCH, 403, 50005, Outcome.GONE),
        (PATCH, 403, 50001, Outcome.FORBIDDEN),
        (IN_POST, 400, 50083, Outcome.WRONG_CHANNEL),
        (IN_POST, 403, 50005, Outcome.GONE),
        (POST, 403, 160002, Outcome.REFUSED),
        (POST, 403, 200000, Outcome.REFUSED),
        (POST, 403, 240000, Outcome.REFUSED),
        (POST, 403, 20009, Outcome.REFUSED),
        (OPENING, 400, 160006, Outcome.NO_ROOM),
        (IN_POST, 400, 160006, Outcome.WRONG_CHANNEL),
        (OPENING, 403, 200001, Outcome.NO_ROOM),
        (OPENING, 400, 50035, Outcome.REFUSED),
        (GET, 404, 10008, Outcome.FOREIGN),
        (POST, 404, 10004, Outcome.FOREIGN),
        (PATCH, 404, 10004, Outcome.FOREIGN),
        (POST, 409, 40001, Outcome.FOREIGN),
        (POST, 405, 40001, Outcome.FOREIGN),
    ],
)
def test_a_code_of_discord_has_its_outcome(
    request_made: Request, status: int, code: int, outcome: Outcome
) -> None:
    answer = Answer("POST", status, {"message": "no", "code": code})
    assert answered(answer, request_made).outcome is outcome


@pytest.mark.parametrize(
    ("code", "in_form"),
    [(50013, True), (99999, True), (50001, False), (50007, False), (0, False)],
)
def test_a_403_that_names_no_lack_of_access_may_be_of_the_form(code: int, in_form: bool) -> None:
    answer = Answer("POST", 403, {"message": "403: Forbidden", "code": code})
    result = answered(answer, POST)
    assert (result.outcome, result.in_form) == (Outcome.FORBIDDEN, in_form)


@pytest.mark.parametrize(
    ("status", "data", "outcome"),
    [
        (401, {"message": "401: Unauthorized", "code": 0}, Outcome.BANNED),
        (400, {"message": "400: Bad Request", "code": 0}, Outcome.REFUSED),
        (404, {"message": "404: Not Found", "code": 0}, Outcome.FOREIGN),
        (401, {"message": "Unauthorized", "code": 0}, Outcome.FOREIGN),
        (400, {"message": "no", "code": True}, Outcome.FOREIGN),
        (400, {"message": "no", "code": "50035"}, Outcome.FOREIGN),
        (400, {"code": 50035}, Outcome.FOREIGN),
        (413, None, Outcome.TOO_LARGE),
        (413, {"message": "too large"}, Outcome.TOO_LARGE),
    ],
)
def test_json_alone_is_not_discord(status: int, data: object, outcome: Outcome) -> None:
    assert answered(Answer("POST", status, data), POST).outcome is outcome


LIMIT = {"message": "slow", "retry_after": 4.0, "global": False}


@pytest.mark.parametrize(
    ("answer", "request_made", "result"),
    [
        (
            Answer("POST", 429, LIMIT, by_proxy=True, retry_after=4.0),
            POST,
            Result(Outcome.LIMITED, retry_after=4.0, detail="429 Too Many Requests"),
        ),
        (
            Answer("PATCH", 429, {**LIMIT, "code": 30046}, by_proxy=True, retry_after=4.0),
            PATCH,
            Result(Outcome.EDIT_LIMITED, retry_after=4.0, detail="429 Too Many Requests"),
        ),
        (
            Answer("POST", 429, {**LIMIT, "code": 30046}, by_proxy=True, retry_after=4.0),
            POST,
            Result(Outcome.LIMITED, retry_after=4.0, detail="429 Too Many Requests"),
        ),
        (
            Answer("PATCH", 429, {**LIMIT, "global": True}, by_proxy=True, retry_after=4.0),
            PATCH,
            Result(
                Outcome.LIMITED, retry_after=4.0, detail="429 Too Many Requests", is_global=True
            ),
        ),
        (Answer("POST", 429, LIMIT), POST, Result(Outcome.BANNED, detail="429 Too Many Requests")),
        (
            Answer("POST", 429, {"message": "slow", "retry_after": "soon"}, by_proxy=True),
            POST,
            Result(Outcome.FOREIGN, retry_after=30.0, detail="429 Too Many Requests"),
        ),
        (
            Answer("POST", 429, by_proxy=True, retry_after=9000.0),
            POST,
            Result(Outcome.FOREIGN, retry_after=900.0, detail="429 Too Many Requests"),
        ),
    ],
)
def test_a_rate_limit_is_discords_with_via_and_a_wait(
    answer: Answer, request_made: Request, result: Result
) -> None:
    assert answered(answer, request_made) == result
