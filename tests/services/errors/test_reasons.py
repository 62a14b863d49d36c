"""What a service says of an error tells it apart: its words, its codes, its few sentences."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from services.debugcog.errors.distinctions import distinctions


def told(error: BaseException) -> list[str]:
    return list(distinctions(error, str))


def made(name: str, *arguments: object, base: str = "", **attributes: Any) -> Exception:
    """Make an exception of a client's type, as its constructor does."""
    bases = (type(base, (Exception,), {}),) if base else (Exception,)
    error: Exception = type(name, bases, {})(*arguments)
    vars(error).update(attributes)
    return error


def expired(word: str) -> Exception:
    text = f"{word}: Token has been expired or revoked."
    return made("RefreshError", text, {"error": word}, base="GoogleAuthError")


QUOTA = {"detail": {"status": "quota_exceeded", "message": "17 credits left"}}


def graphql(**problem: object) -> Exception:
    return made("TransportQueryError", errors=[problem])


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (made("APIError", code="PGRST301"), ["code PGRST301"]),
        (made("APIError", code="23505"), ["code 23505"]),
        (made("APIError", code="42P01"), ["code 42P01"]),
        (made("APIError", code=503), ["http 503"]),
        (made("APIError", status_code=429, code="no_quota"), ["http 429", "code no_quota"]),
        (
            made(
                "HttpError",
                resp=SimpleNamespace(status=403),
                error_details=[{"reason": "quotaExceeded", "domain": "youtube.quota"}],
            ),
            ["http 403", "code quotaExceeded"],
        ),
        (
            made("HttpError", resp=SimpleNamespace(status=403), error_details="Forbidden"),
            ["http 403"],
        ),
        (made("BulkWriteError", details={"writeErrors": [{"code": 11000}]}), ["code 11000"]),
        (made("BulkWriteError", details={"writeErrors": []}), []),
        (made("TransportServerError", code=429), ["http 429"]),
        (graphql(extensions={"code": "FORBIDDEN"}), ["code FORBIDDEN"]),
        (graphql(type="NOT_FOUND", extensions={}), ["code NOT_FOUND"]),
        (graphql(message="Expected Name, found 17"), []),
        (made("ResponseError", "WRONGTYPE Operation against a key"), ["code WRONGTYPE"]),
        (made("ResponseError", "OOM command not allowed when"), ["code OOM"]),
        (made("ResponseError", "unknown command 'GETT', with args"), []),
        (made("error_perm", "530 Login incorrect."), ["code 530"]),
        (
            made("RedditAPIException", items=[SimpleNamespace(error_type="RATELIMIT")]),
            ["code RATELIMIT"],
        ),
        (
            made("RedditAPIException", items=(SimpleNamespace(error_type="RATELIMIT"),)),
            ["code RATELIMIT"],
        ),
        (made("SpotifyOauthError", error="invalid_client"), ["code invalid_client"]),
        (made("OAuthError", error="invalid_grant"), ["code invalid_grant"]),
        (expired("invalid_grant"), ["code invalid_grant"]),
        (
            made(
                "SlackApiError",
                response=SimpleNamespace(status_code=200, data={"error": "channel_not_found"}),
            ),
            ["http 200", "code channel_not_found"],
        ),
        (made("ApiError", status_code=401, body=QUOTA), ["http 401", "code quota_exceeded"]),
        (made("ApiError", status_code=401, body="quota_exceeded"), ["http 401"]),
        (made("OpusError", code=-4), ["code -4"]),
        (
            made("gTTSError", "429 (Too Many Requests)", rsp=SimpleNamespace(status_code=429)),
            ["http 429"],
        ),
        (made("SpotifyOauthError", error="81384788765712384"), []),
        (made("Order", code="PGRST301"), []),
    ],
)
def test_a_service_tells_its_word_or_code_where_its_client_has_it(
    error: Exception, expected: list[str]
) -> None:
    assert told(error) == expected


UNAVAILABLE = "Video unavailable"


def extractor(said: str, **attributes: Any) -> Exception:
    return made("ExtractorError", base="YoutubeDLError", orig_msg=said, **attributes)


def download(text: str, cause: Exception | None = None) -> Exception:
    error = made("DownloadError", text, base="YoutubeDLError", msg=text)
    vars(error)["exc_info"] = (type(cause), cause, None)
    return error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (extractor("Video unavailable"), UNAVAILABLE),
        (extractor("Video unavailable. This video contains content from Mia Music"), UNAVAILABLE),
        (
            extractor("Sign in to confirm your age. This video may be"),
            "Sign in to confirm your age",
        ),
        (extractor("This video is DRM protected"), "This video is DRM protected"),
        (extractor("It will begin in 17 minutes."), "It will begin in ? minutes"),
        (extractor("Sign in, you're not a bot"), "Sign in, you're not a bot"),
        (extractor("Unsupported URL: https://example.org/a"), "Unsupported URL"),
        (extractor("'my song 17' is not a valid URL"), "? is not a valid URL"),
        (extractor("No video dQw4w9WgXcQ or aBcDeFgHiJk found"), "No video ? or ? found"),
        (download("ERROR: [youtube] x: Mia", extractor("Video unavailable")), UNAVAILABLE),
        (download("ERROR: [youtube] dQw4w9WgXcQ: Video unavailable"), UNAVAILABLE),
        (download("\x1b[0;31mERROR:\x1b[0m [youtube] a: Private video. Sign in"), "Private video"),
        (download("ERROR: Postprocessing: ffprobe not found"), "Postprocessing"),
    ],
)
def test_what_yt_dlp_says_is_told_without_ids_figures_and_details(
    error: Exception, sentence: str
) -> None:
    assert told(error) == [f"says {sentence}"]


@pytest.mark.parametrize(
    "said", ["/srv/music/my song.webm: Invalid data", "my song.webm: Invalid data", "", "17", "'a'"]
)
def test_a_sentence_that_names_a_file_or_says_nothing_is_not_told(said: str) -> None:
    assert told(extractor(said)) == []


def test_a_status_tells_more_than_a_sentence() -> None:
    refused = made("HTTPError", base="YoutubeDLError", status=403, msg="HTTP Error 403: Forbidden")

    assert told(refused) == ["http 403"]


def test_lavalink_tells_its_severity_and_what_it_says() -> None:
    login = made("LavalinkLoadException", severity="common", error="This video requires login.")
    gone = made("LavalinkLoadException", severity="common", error="This video is not available")
    other = made("TrackLoadException", severity="FAULT", message="Something went wrong: 403")

    assert told(login) == ["code common", "says This video requires login"]
    assert told(gone) == ["code common", "says This video is not available"]
    assert told(other) == ["code FAULT", "says Something went wrong"]


def test_two_mistakes_with_a_voice_client_are_told_and_a_closed_one_by_its_code() -> None:
    socket: Any = SimpleNamespace(close_code=4006)

    assert told(discord.ClientException("Already playing audio.")) == ["says Already playing audio"]
    assert told(discord.ClientException("Not connected to voice.")) == [
        "says Not connected to voice"
    ]
    assert told(discord.ConnectionClosed(socket, shard_id=0)) == ["closed 4006"]


def test_a_connection_that_failed_below_httpx_is_told_by_what_the_system_says() -> None:
    refused, many = ConnectionRefusedError(111, "x"), OSError("All connection attempts failed")
    many.__cause__ = refused

    assert told(made("ConnectError", refused, base="NetworkError")) == ["code 111"]
    assert told(made("ConnectError", many, base="NetworkError")) == ["code 111"]
    assert told(made("ConnectError", OSError(-2, "x"), base="NetworkError")) == ["code -2"]
    assert told(made("ReadError", "x", base="NetworkError")) == []


def test_the_mistakes_with_a_connection_of_asyncpg_are_told() -> None:
    closing, busy = "pool is closing", "cannot perform operation: another operation is in progress"

    assert told(made("InterfaceError", closing)) == ["says pool is closing"]
    assert told(made("InterfaceError", busy)) == ["says cannot perform operation"]


def refused(*path: str) -> discord.HTTPException:
    """Make the error of discord.py for a field that Discord does not take."""
    problem: dict[str, Any] = {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Too long"}]}
    for name in reversed(path):
        problem = {name: problem}
    response: Any = SimpleNamespace(status=400, reason="Bad Request")
    said = {"code": 50035, "message": "Invalid Form Body", "errors": problem}
    return discord.HTTPException(response, said)


def test_what_discord_does_not_take_is_told_by_its_field_without_numbers() -> None:
    form = ["http 400", "code 50035"]

    assert told(refused("content")) == [*form, "field content"]
    assert told(refused("embeds", "0", "fields", "3", "value")) == [
        *form,
        "field embeds.?.fields.?.value",
    ]
    assert told(refused("embeds", "1", "fields", "24", "value"))[2:] == [
        "field embeds.?.fields.?.value"
    ]


def test_a_part_of_a_path_that_raises_tells_nothing() -> None:
    class RedditAPIException(Exception):  # noqa: N818 - as praw names it
        @property
        def items(self) -> object:
            raise SystemExit

    class Items(list[object]):
        def __getitem__(self, index: object) -> Any:
            raise AssertionError("it is not called")

    assert told(RedditAPIException()) == []
    item = SimpleNamespace(error_type="RATELIMIT")
    assert told(made("RedditAPIException", items=Items([item]))) == ["code RATELIMIT"]
