"""Errors of one type differ by status, errno, file or module, and by nothing else they hold."""

from __future__ import annotations

import configparser
import enum
import errno
import http
import io
import smtplib
import sqlite3
import ssl
import subprocess
import threading
import urllib.error
import xmlrpc.client
from contextlib import closing
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord.ext import commands

from services.debugcog import host_text
from services.debugcog.errors.distinctions import distinctions


def told(error: BaseException) -> list[str]:
    return list(distinctions(error, str))


class ApiStatusError(Exception):
    """Of openai, anthropic, stripe, requests, …: by the attributes it is given."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


class Order(Exception):  # noqa: N818 - a host's own, of no web service
    code = 404


class HTTPException(Exception):  # noqa: N818 - as discord.py names it
    def __init__(self, status: object, code: object) -> None:
        self.status, self.code = status, code


class Forbidden(HTTPException):
    pass


def aiohttp_error(status: int) -> aiohttp.ClientResponseError:
    url = yarl.URL("https://api.example/v1")
    request = aiohttp.RequestInfo(url, "GET", {}, url)  # type: ignore[arg-type]
    return aiohttp.ClientResponseError(request, (), status=status)


def urllib_error(status: int) -> urllib.error.HTTPError:
    return urllib.error.HTTPError("http://x", status, "x", Message(), io.BytesIO())


def boto_error(status: object, code: str = "X") -> ApiStatusError:
    metadata = {"HTTPStatusCode": status, "RequestId": "17"}
    return ApiStatusError(response={"Error": {"Code": code}, "ResponseMetadata": metadata})


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (aiohttp_error(503), ["http 503"]),
        (urllib_error(404), ["http 404"]),
        (ApiStatusError(status_code=429), ["http 429"]),
        (ApiStatusError(http_status=402), ["http 402"]),
        (ApiStatusError(http_code=502), ["http 502"]),
        (ApiStatusError(error_code=403), ["http 403"]),
        (ApiStatusError(status=http.HTTPStatus.NOT_FOUND), ["http 404"]),
        (ApiStatusError(status="503"), ["http 503"]),
        (ApiStatusError(status="404 Not Found"), ["http 404"]),
        (ApiStatusError(status="4040 waiting"), []),
        (ApiStatusError(response_code=401), ["http 401"]),
        (ApiStatusError(http_response=SimpleNamespace(status_code=403)), ["http 403"]),
        (ApiStatusError(res=SimpleNamespace(status_code=429)), ["http 429"]),
        (xmlrpc.client.ProtocolError("example.org/x", 502, "busy", {}), ["http 502"]),
        (ApiStatusError(response=SimpleNamespace(status_code=500)), ["http 500"]),
        (ApiStatusError(response=SimpleNamespace(status=500)), ["http 500"]),
        (ApiStatusError(resp=SimpleNamespace(status=403)), ["http 403"]),
        (ApiStatusError(status="RESOURCE_EXHAUSTED", code=429), ["http 429"]),
        (boto_error(400), ["http 400"]),
        (Forbidden(403, 50013), ["http 403", "code 50013"]),
        (Forbidden(403, 0), ["http 403", "code 0"]),
    ],
)
def test_an_http_error_is_told_by_its_status(error: BaseException, expected: list[str]) -> None:
    assert told(error) == expected


@pytest.mark.parametrize(
    "error",
    [
        ApiStatusError(),
        ApiStatusError(status=0),
        ApiStatusError(status=True),
        ApiStatusError(status=123456789012345678),
        ApiStatusError(status="lost", response=None),
        ApiStatusError(status=404.0),
        ApiStatusError(response={"ResponseMetadata": None}),
        ApiStatusError(response={"ResponseMetadata": {"HTTPStatusCode": None}}),
        boto_error("later"),
        Order(),
        OSError("user 17", "is gone"),
        SyntaxError("x"),
        ImportError("x"),
        KeyError("x"),
    ],
)
def test_what_is_no_status_tells_nothing(error: BaseException) -> None:
    assert told(error) == []


def test_an_errno_a_file_and_a_module_are_told() -> None:
    assert told(OSError(errno.ENOSPC, "x", "/srv/17")) == ["errno 28"]
    assert told(SyntaxError("x", ("/srv/a.py", 7, 1, "x"))) == ["file /srv/a.py"]
    assert told(IndentationError("x", ("/srv/b.py", 9, 1, "x"))) == ["file /srv/b.py"]
    assert told(SyntaxError("x", ("<eval 17>", 9, 1, "x"))) == ["file <eval ?>"]
    assert told(ModuleNotFoundError("x", name="redis")) == ["module redis"]


def test_an_extension_that_is_not_there_is_told_and_one_that_fails_is_not() -> None:
    failed = commands.ExtensionFailed("cogs.music", KeyError("x"))
    failed.__cause__ = KeyError("x")

    assert told(commands.ExtensionNotFound("cogs.music")) == ["extension cogs.music"]
    assert told(commands.NoEntryPointError("cogs.shop")) == ["extension cogs.shop"]
    assert told(failed) == []


class MySQLError(Exception):
    """Of PyMySQL and mysqlclient."""


class OperationalError(MySQLError):
    pass


class PyMongoError(Exception):
    pass


class OperationFailure(PyMongoError):  # noqa: N818 - as pymongo names it
    def __init__(self, message: str, code: object) -> None:
        super().__init__(message)
        self._code = code

    @property
    def code(self) -> object:
        return self._code


class ConnectorError(Exception):
    """Of mysql.connector."""

    def __init__(self, number: int, state: str) -> None:
        self.errno, self.sqlstate = number, state


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError(1045, "Access denied for user 'bot'"), ["database 1045"]),
        (OperationalError("no number"), []),
        (OperationalError(), []),
        (OperationFailure("bad auth", 8000), ["database 8000"]),
        (OperationFailure("bad auth", None), []),
        (ConnectorError(2003, "HY000"), ["errno 2003", "sqlstate HY000"]),
    ],
)
def test_a_databases_client_tells_its_number(error: BaseException, expected: list[str]) -> None:
    assert told(error) == expected


class StatusCode(enum.Enum):
    """Of grpc."""

    UNAVAILABLE = (14, "unavailable")


class RpcError(Exception):
    """Of grpc: its status is a method, which may wait for one."""

    def code(self) -> StatusCode:
        raise AssertionError("it is not called")


def rpc_error(**attributes: object) -> RpcError:
    error = RpcError()
    error.__dict__.update(attributes)
    return error


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] x")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (boto_error(400, "ThrottlingException"), ["http 400", "code ThrottlingException"]),
        (boto_error(400, "InvalidAMIID.NotFound"), ["http 400", "code InvalidAMIID.NotFound"]),
        (boto_error(404, "404"), ["http 404"]),
        (
            ApiStatusError(status_code=429, code="insufficient_quota"),
            ["http 429", "code insufficient_quota"],
        ),
        (ApiStatusError(status_code=429, code="IDP_REJECTED"), ["http 429", "code IDP_REJECTED"]),
        (ApiStatusError(status_code=429, code="NoSuchS3Key"), ["http 429", "code NoSuchS3Key"]),
        (ApiStatusError(code="insufficient_quota"), []),
        (Forbidden(403, "no_access"), ["http 403", "code None"]),
        (smtplib.SMTPDataError(421, b"try again"), ["smtp 421"]),
        (subprocess.CalledProcessError(-9, ["ffmpeg"]), ["exit -9"]),
        (
            tls_error("TLSV1_ALERT_PROTOCOL_VERSION"),
            ["errno 1", "reason TLSV1_ALERT_PROTOCOL_VERSION"],
        ),
        (tls_error("no more data from 17"), ["errno 1"]),
        (rpc_error(_code=StatusCode.UNAVAILABLE), ["rpc UNAVAILABLE"]),
        (rpc_error(_state=SimpleNamespace(code=StatusCode.UNAVAILABLE)), ["rpc UNAVAILABLE"]),
        (rpc_error(), []),
    ],
)
def test_a_service_or_program_tells_its_own_word_or_number(
    error: BaseException, expected: list[str]
) -> None:
    assert told(error) == expected


class MarkedYAMLError(Exception):
    """Of PyYAML."""

    def __init__(self, name: object) -> None:
        self.problem_mark = SimpleNamespace(name=name, line=7)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MarkedYAMLError("/srv/music.yml"), ["file /srv/music.yml"]),
        (MarkedYAMLError("/srv/users/81384788765712384.yml"), ["file /srv/users/?.yml"]),
        (MarkedYAMLError("/var/tmp/tmpx_8b2k1q/music.yml"), ["file /var/tmp/?/music.yml"]),
        (MarkedYAMLError("<unicode string>"), ["file <unicode string>"]),
        (MarkedYAMLError(None), []),
        (configparser.ParsingError("/srv/music.ini"), ["file /srv/music.ini"]),
        (configparser.MissingSectionHeaderError("shop.ini", 7, "x"), ["file shop.ini"]),
        (configparser.DuplicateSectionError("a", "shop.ini", 7), ["file shop.ini"]),
        (configparser.DuplicateSectionError("a", Path("shop.ini"), 7), ["file shop.ini"]),  # type: ignore[arg-type]  # as read() gives it
        (configparser.NoSectionError("a"), []),
        (ApiStatusError(source="/srv/music.ini"), []),
    ],
)
def test_a_file_with_a_mistake_is_told(error: BaseException, expected: list[str]) -> None:
    assert told(error) == expected


@pytest.mark.parametrize(
    "code",
    [
        "81384788765712384",
        "abc123",
        "aBcDeFgH",
        "AbCdEfGh",
        "req_7f3a",
        "not a word",
        "x",
        "a" * 59 + "!",
        "a" * 61,
    ],
)
def test_what_may_be_an_id_is_no_word(code: str) -> None:
    assert told(ApiStatusError(status_code=400, code=code)) == ["http 400"]


def test_a_closed_connection_is_told_by_its_code() -> None:
    socket: Any = SimpleNamespace(close_code=4006)

    assert told(discord.ConnectionClosed(socket, shard_id=None)) == ["closed 4006"]
    assert told(discord.ConnectionClosed(socket, shard_id=0, code=4014)) == ["closed 4014"]


def test_a_database_tells_its_own_code(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "shop.sqlite3", timeout=0)
    found = []
    for statement in ("SELECT * FROM nowhere", "CREATE TABLE x (y)"):
        with closing(sqlite3.connect(tmp_path / "shop.sqlite3")) as other:
            other.execute("BEGIN EXCLUSIVE" if "CREATE" in statement else "BEGIN")
            with pytest.raises(sqlite3.OperationalError) as raised:
                connection.execute(statement)
        found.append(told(raised.value))
    connection.close()

    assert found == [["sqlite_errorcode 1"], ["sqlite_errorcode 5"]]
    assert told(ApiStatusError(sqlstate="42P01")) == ["sqlstate 42P01"]
    assert told(ApiStatusError(sqlstate="table 17 is gone")) == []


def test_a_metaclass_that_raises_costs_only_what_it_was_asked_for() -> None:
    class Closed(type):
        def __getattribute__(cls, name: str) -> Any:
            if name in ("__mro__", "__name__"):
                raise SystemExit
            return super().__getattribute__(name)

    class OddError(OSError, metaclass=Closed):
        pass

    assert told(OddError(28, "x")) == ["errno 28"]


def test_an_attribute_that_raises_costs_only_itself_and_a_lazy_one_is_not_asked_for() -> None:
    asked = []

    class Lazy(Exception):  # noqa: N818 - a host's own
        http_status = 404

        def __getattr__(self, name: str) -> object:
            asked.append(name)
            raise RuntimeError(name)

    class Unread(Exception):  # noqa: N818 - a host's own
        __slots__ = ("status_code",)
        status_code: int

        @property
        def status(self) -> int:
            raise RuntimeError("no response yet")

    unread = Unread()
    unread.status_code = 502

    assert (told(Lazy()), asked) == (["http 404"], [])
    assert told(unread) == ["http 502"]


def test_an_attribute_that_takes_long_once_is_read_in_a_thread_of_its_own_again() -> None:
    free, threads = threading.Event(), list[threading.Thread]()

    class Lazy(Exception):  # noqa: N818 - a name
        @property
        def status(self) -> int:
            threads.append(threading.current_thread())
            free.wait(30)
            return 503

    free.set()
    assert told(Lazy()) == ["http 503"]
    free.clear()
    threading.Timer(2 * host_text.HANG_SECONDS, free.set).start()
    assert told(Lazy()) == ["http 503"]  # too late
    free.clear()
    threads.clear()
    assert [told(Lazy()) for _ in range(3)] == [[], [], []]
    assert threading.current_thread() not in threads
    free.set()
