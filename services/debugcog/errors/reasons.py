"""Exception of a service's client → the words, codes and sentences in which the service tells why.

What has a row here is found by the name of its type, or of one that it is derived from. Rows name
what a service has few of; where it stands is a path of attributes, keys and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from services.debugcog.errors.attributes import at, attribute, integer, short_text
from services.debugcog.invisible import TERMINAL
from services.debugcog.patterns import late_pattern

CODES = {
    "APIError": ("code",),  # supabase: PGRST301, 23505
    "ApiError": ("body.detail.status",),  # elevenlabs: quota_exceeded, as other reasons with 401
    "BulkWriteError": ("details.writeErrors.0.code",),  # pymongo: 11000
    "ClientBulkWriteException": ("write_errors.0.code", "error.code"),  # pymongo
    "GoogleAuthError": ("args.1.error",),  # google-auth: invalid_grant
    "HttpError": ("error_details.0.reason",),  # google-api-python-client: quotaExceeded
    "HttpResponseError": ("error.code",),  # azure
    "LavalinkLoadException": ("severity",),  # wavelink: common, suspicious, fault
    "LoadTrackError": ("severity.value",),  # wavelink 1
    "NetworkError": ("args.0.errno", "args.0.__cause__.errno"),  # httpcore, below httpx
    "OAuthError": ("error",),  # authlib
    "OpusError": ("code",),  # discord.py
    "RedditAPIException": ("items.0.error_type",),  # praw, asyncpraw: RATELIMIT
    "SlackApiError": ("response.data.error",),  # slack_sdk: channel_not_found, with a status of 200
    "SpotifyOauthError": ("error",),  # spotipy: invalid_client
    "TrackLoadException": ("severity",),  # mafic
    "TransportQueryError": ("errors.0.extensions.code", "errors.0.type"),  # gql
}
"""Where a type has the word or the number of the service; the first that there is counts."""
SENTENCES = {
    "ClientException": ("args.0",),  # discord.py: "Already playing audio."
    "ConnectionClosed": (),  # discord.py: its code tells
    "InterfaceError": ("args.0",),  # asyncpg: "pool is closing"
    "LavalinkLoadException": ("error", "message"),
    "LoadTrackError": ("args.0",),
    "TelegramAPIError": ("message",),  # aiogram: "Bad Request: chat not found"
    "TrackLoadException": ("message",),
    "YoutubeDLError": ("orig_msg", "exc_info.1.orig_msg", "msg"),  # yt-dlp: "Video unavailable"
}
"""Where a type has a sentence, of which there are few."""
FIRST_WORDS = {
    "ReplyError": "args.0",  # aioredis, coredis
    "ResponseError": "args.0",  # redis, valkey: "WRONGTYPE Operation against a key …"
    "error_perm": "args.0",  # ftplib: "530 Login incorrect."
    "error_temp": "args.0",
}
"""Where a type has a text whose first word is the service's."""
RPC, TLS = "RpcError", "SSLError"
"""Types of grpc and of Python's ssl."""
DISCORD = "HTTPException"
"""Type of discord.py and its forks whose ``code`` says more than its status."""
INVALID_FORM = 50035
"""Discord's code for whatever it does not take; its text names the field."""
FIELD = late_pattern(r"^In ([\w.-]{1,100}): ", re.MULTILINE)
TYPES = frozenset((*CODES, *SENTENCES, *FIRST_WORDS, RPC))
"""Types that tell something without an attribute of their own that is looked for."""
NUMBERS = {"smtp_code": "smtp", "returncode": "exit"}
"""Attributes that are numbers, and what they are called here."""
WORDS = late_pattern(
    r"(?=.{3,60}$)(?=.*[a-z]{3}|[A-Z_.-]+$)"
    r"(?:(?:S3|EC2|[A-Z][a-z]++|[a-z]{2,}+|[A-Z]{2,}+)(?:[_.-](?=[A-Za-z]))?)+"
)
"""Words as a service has them for its errors; an id has digits, or case at random."""
NUMBER = late_pattern(r"\d+")
CODE = late_pattern("[0-9A-Z]{5}|[A-Z]{2,8}[0-9]{1,5}")
"""Codes of databases, where nothing but a code stands: ``23505``, ``PGRST301``."""
FIRST_WORD = late_pattern("[A-Z]{3,20}(?= )|[1-5][0-9]{2}(?= )")
REASON = late_pattern("[A-Z][A-Z0-9_]{2,80}")
"""Words of OpenSSL, which has no others."""
SENTENCE_MAX = 200
LEAD = late_pattern(
    r"(?:(?:ERROR|Bad Request|Conflict|Forbidden|Not Found|Unauthorized): )?"
    r"(?:\[[^\]]*\] (?:[^: ]*: )?)?"
)
"""What stands before a sentence: its kind; the site, and the id of what was asked for."""
END = late_pattern(r"[.:;!?](?=\s|$)|[\n(]")
"""Of a sentence, or of its first part; details follow."""
VARIES = late_pattern(r"(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\"|\S*(?:\d|_|[a-z][A-Z])\S*")
"""Of a sentence: what is quoted, figures, ids."""
FILE = late_pattern(r"[/\\]|\.\w{2,4}(?!\w)")
"""In a sentence that names a file, or an address."""
LETTERS = late_pattern(r"[^\W\d_]{2}")


def reasons(error: BaseException, names: list[str], *, is_web: bool) -> Iterator[str]:
    """List the words and numbers of a service, or of a program.

    Args:
        error: the exception.
        names: of its type and of those that this is derived from.
        is_web: it has a status; then its ``code`` is a word of the service, if it is one.
    """
    has_row = not TYPES.isdisjoint(names)
    words = _words(error, is_web=is_web and DISCORD not in names)
    words += (*_codes(error, names, is_web), *_first(error, names)) if has_row else ()
    yield from (f"code {word}" for word in dict.fromkeys(words))
    for number_name, what in NUMBERS.items():
        if (number := integer(attribute(error, number_name))) is not None:
            yield f"{what} {number}"
    if TLS in names and REASON.fullmatch(reason := short_text(error, "reason")):
        yield f"reason {reason}"
    if RPC in names:
        statuses = attribute(error, "_code"), at(error, "_state.code")
        for word in (attribute(status, "_name_") for status in statuses):
            yield from (f"rpc {word}",) if type(word) is str and REASON.fullmatch(word) else ()
    if has_row and not is_web and (said := _sentence(error, names)):
        yield f"says {said}"


def discord_reasons(error: BaseException) -> Iterator[str]:
    """List Discord's own code, and the first field that it does not take."""
    code = integer(attribute(error, "code"))
    yield f"code {code}"
    field = FIELD.search(short_text(error, "text")) if code == INVALID_FORM else None
    yield from () if field is None else (f"field {NUMBER.sub('?', field[1])}",)


def _words(error: BaseException, *, is_web: bool) -> list[str]:
    """List the words of a web service, of any client's types."""
    response = attribute(error, "response")
    words = [at(response, "Error.Code")] if issubclass(type(response), dict) else []
    words += [attribute(error, "code")] if is_web else []
    return [word for word in words if type(word) is str and WORDS.fullmatch(word)]


def _codes(error: BaseException, names: list[str], is_web: bool) -> Iterator[str]:
    """List the first word, code or number of each row."""
    for paths in (CODES[kind] for kind in names if kind in CODES):
        values = (at(error, path) for path in paths if path != "code" or not is_web)
        yield from islice(filter(None, map(_as_code, values)), 1)


def _as_code(value: object) -> str:
    if type(value) is str:
        return value if WORDS.fullmatch(value) or CODE.fullmatch(value) else ""
    number = integer(value)
    return "" if number is None else str(number)


def _first(error: BaseException, names: list[str]) -> list[str]:
    """List the first word of a text, if it is one of the service."""
    texts = [_text(error, (FIRST_WORDS[kind],)) for kind in names if kind in FIRST_WORDS]
    return [found[0] for found in map(FIRST_WORD.match, texts) if found]


def _sentence(error: BaseException, names: list[str]) -> str:
    """Return one of few sentences, up to its first colon, full stop or bracket; else nothing."""
    paths = next((SENTENCES[kind] for kind in names if kind in SENTENCES), ())
    text = LEAD.sub("", TERMINAL.sub("", _text(error, paths)), count=1)[:SENTENCE_MAX]
    text = END.split(text, maxsplit=1)[0].strip()
    text = "" if FILE.search(text) else VARIES.sub("?", text)
    return text if LETTERS.search(text) else ""


def _text(error: BaseException, paths: tuple[str, ...]) -> str:
    """Find the first text at some paths."""
    texts = (at(error, path) for path in paths)
    return next((text[: 2 * SENTENCE_MAX] for text in texts if type(text) is str), "")
