from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.gateway.responses import Answered, RateLimit, Refusal, Response, Responses
from services.debugcog.gateway.routes import WORDS, family_of, route_of


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v10/channels/155117677105512449/messages", "/channels/{id}/messages"),
        ("/api/v10/users/@me", "/users/@me"),
        ("/api/v10/webhooks/80351110224678912/s3cr3t-T0ken", "/webhooks/{id}/{token}"),
        ("/api/v10/webhooks/80351110224678912/messages", "/webhooks/{id}/{token}"),
        (
            "/api/v10/webhooks/80351110224678912/aW50ZXJ/messages/@original",
            "/webhooks/{id}/{token}/messages/@original",
        ),
        ("/api/v10/interactions/1/aW50ZXJhY3Rpb24/callback", "/interactions/{id}/{token}/callback"),
        (
            "/api/v10/channels/1/messages/2/reactions/\N{SNOWMAN}/@me",
            "/channels/{id}/messages/{id}/reactions/{name}/@me",
        ),
        ("/api/v10/invites/users", "/invites/{name}"),
        ("/proxy/api/v9/gateway/bot", "/gateway/bot"),
        ("/channels/1/Bearer-abc", "/channels/{id}/{other}"),
        ("", "/{other}"),
    ],
)
def test_a_route_has_no_ids_tokens_or_names(path: str, route: str) -> None:
    assert route_of(path) == route


@given(st.text())
def test_whatever_is_in_a_path_only_known_words_are_kept(path: str) -> None:
    parts = route_of(path).strip("/").split("/")
    assert set(parts) <= WORDS | {"{id}", "{token}", "{name}", "{other}"}
    assert len(parts) <= 12


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("/api/v10/channels/1/messages", "channels"),
        ("/proxy/api/v9/gateway/bot", "gateway"),
        ("/guilds/1", "guilds"),
        ("/api/v10/s3cr3t", "other"),
        ("/", "other"),
        ("", "other"),
    ],
)
def test_the_family_of_a_path_is_the_first_word_of_its_route(path: str, family: str) -> None:
    assert family_of(path) == family


def test_invalid_requests_are_those_of_the_last_ten_minutes_without_shared_limits() -> None:
    clock = Clock()
    responses = Responses(clock)
    for status, scope in (
        (401, ""),
        (403, ""),
        (404, ""),
        (200, ""),
        (429, "user"),
        (429, "shared"),
    ):
        responses.add(Response(status, "GET", "/users/@me", scope=scope))
    assert responses.invalid() == 3
    clock.now += 300
    responses.add(Response(403, "GET", "/users/@me"))
    assert responses.invalid() == 4
    clock.now += 301
    assert responses.invalid() == 1
    clock.now += 600
    assert responses.invalid() == 0


def test_each_limit_is_told_with_whose_it_is() -> None:
    clock = Clock()
    responses = Responses(clock)
    path = "/api/v10/channels/1/messages"
    for scope, is_discords, wait in (
        ("user", True, 0.5),
        ("global", True, 1.0),
        ("shared", True, 2.0),
        ("", False, None),
        ("user", True, 1e9),
    ):
        response = Response(
            429, "POST", path, scope=scope, retry_after=wait, is_discords=is_discords
        )
        responses.add(response)
    route = "POST /channels/{id}/messages"
    assert responses.limits(0) == (
        RateLimit(clock.now, "route", route, 86_400.0),
        RateLimit(clock.now, "cloudflare", route, None),
        RateLimit(clock.now, "shared", route, 2.0),
        RateLimit(clock.now, "global", route, 1.0),
        RateLimit(clock.now, "route", route, 0.5),
    )


def test_refusals_for_lack_of_a_permission_keep_what_they_are_about() -> None:
    clock = Clock()
    responses = Responses(clock)
    responses.add(Response(403, "POST", "/api/v10/channels/77/messages", code=50013))
    responses.add(Response(403, "GET", "/api/v10/guilds/5", code=50001))
    responses.add(Response(403, "POST", "/api/v10/channels/77/messages", code=50007))
    responses.add(Response(403, "PUT", "/api/v10/guilds/5/members/6/roles/7", code=50013))
    responses.add(Response(403, "PUT", "/api/v10/guilds/5/bans/6", code=50013))
    responses.add(Response(403, "DELETE", "/api/v10/guilds/5/roles/7", code=50013))
    assert responses.refusals(0) == (
        Refusal(clock.now, 50013, "DELETE /guilds/{id}/roles/{id}", None, 5, None, 7),
        Refusal(clock.now, 50013, "PUT /guilds/{id}/bans/{id}", None, 5, 6),
        Refusal(clock.now, 50013, "PUT /guilds/{id}/members/{id}/roles/{id}", None, 5, 6, 7),
        Refusal(clock.now, 50001, "GET /guilds/{id}", None, 5),
        Refusal(clock.now, 50013, "POST /channels/{id}/messages", 77),
    )


def test_answers_are_counted_by_family_and_forgotten_after_an_hour() -> None:
    clock = Clock()
    responses = Responses(clock)
    responses.add(Response(503, "GET", "/channels/1"))
    responses.add(Response(200, "GET", "/channels/1"))
    clock.now += 1800
    responses.add(Response(200, "GET", "/guilds/1"))
    assert responses.families(3600) == {"channels": Answered(2, 1), "guilds": Answered(1, 0)}
    assert responses.families(600) == {"guilds": Answered(1, 0)}


def test_a_storm_of_answers_is_bounded() -> None:
    clock = Clock()
    responses = Responses(clock)
    for number in range(20_000):
        clock.now += 0.1
        family = f"/{sorted(WORDS)[number % len(WORDS)]}"
        responses.add(Response(429, "GET", family, scope="user", code=50013))
        responses.add(Response(403, "GET", family, code=50013))
    assert len(responses.limits(0)) == 500
    assert len(responses.refusals(0)) == 100
    assert 11_800 <= responses.invalid() <= 12_200
    assert set(responses.families(3600)) <= WORDS
