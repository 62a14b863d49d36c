"""Code, token or cookie → who it is: the login, the log-out, and the look at each request."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import web

from services.debugcog.audit import audit, audit_refusal
from services.debugcog.web.attempts import Attempts
from services.debugcog.web.codes import Codes
from services.debugcog.web.headers import NO_STORE
from services.debugcog.web.origins import Origins
from services.debugcog.web.questions import RefusedError
from services.debugcog.web.reading import read_body
from services.debugcog.web.sessions import SESSION_SECONDS, Sessions, digest

COOKIE = "debugcog_{port}"
SECURE = "__Host-"
"""Begins the name of a cookie that browsers keep for https alone."""
BEARER = "bearer "
TOKENS_OWNER = "the token"
WRONG = "That code or token is not valid. Run /debug dashboard in Discord for a new link."

Viewer = Callable[[], str | None]
"""Tells who it is, as the audit log names them; None once their session has ended."""


class Entry:
    """Decides who gets in.

    A code is random, so nobody guesses one: it lets in from an address with failed logins too. So
    does the token as a bearer, for a program cannot ask for a link instead; in the form it does
    not. All that come through a proxy have its address: the failures of one are not the others'.

    Args:
        token: DASHBOARD_TOKEN; empty where there is none.
        codes: one-time codes.
        origins: tells whether a browser speaks https with us.
        sessions: open logins.
        attempts: failed logins.
        wrong_bearers: counted apart from those.
    """

    def __init__(
        self,
        token: str,
        codes: Codes,
        origins: Origins,
        sessions: Sessions | None = None,
        attempts: Attempts | None = None,
        wrong_bearers: Attempts | None = None,
    ) -> None:
        self._token = digest(token) if token else None
        self._codes = codes
        self._origins = origins
        self._sessions = sessions or Sessions()
        self._attempts = attempts or Attempts()
        self._wrong_bearers = wrong_bearers or Attempts()

    async def login(self, request: web.Request) -> web.Response:
        """Begin a session for a valid code or token."""
        given = _secret_in(await read_body(request))
        viewer = self._codes.use(given) or self._by_form(request, given)
        if viewer is None:
            raise RefusedError(401, WRONG)
        audit("dashboard login: %s address=%s", viewer, request.remote)
        response = web.Response(status=204, headers=NO_STORE)
        secure = self._origins.is_secure(request.headers)
        name, cookie = _name(request, secure=secure), self._sessions.begin(viewer)
        _set_cookie(response, name, cookie, int(SESSION_SECONDS), secure=secure)
        return response

    async def logout(self, request: web.Request) -> web.Response:
        """End the session; its cookie is refused from now on."""
        response = web.Response(status=204, headers=NO_STORE)
        for secure in (True, False):
            name = _name(request, secure=secure)
            cookies = _cookies(request, name)
            for ended in filter(None, map(self._sessions.end, cookies)):
                audit("dashboard log-out: %s", ended.viewer)
            if cookies:
                _set_cookie(response, name, "", 0, secure=secure)
        return response

    def viewer(self, request: web.Request) -> Viewer | None:
        """Tell whose request it is, by cookie or bearer; None where it is nobody's.

        Returns:
            What tells it again, for an answer that goes on: None once the session has ended.

        Raises:
            RefusedError: too many wrong bearers came from that address.
        """
        for secure in (True, False):
            for cookie in _cookies(request, _name(request, secure=secure)):
                if self._in_session(cookie):
                    return partial(self._in_session, cookie)
        bearer = self._bearer(request)
        if bearer is None:
            return None
        if self._is_token(bearer):
            return lambda: TOKENS_OWNER
        self._check_attempts(self._wrong_bearers, request)
        self._fail(self._wrong_bearers, request)
        return None

    def has_token(self, request: web.Request) -> bool:
        """Return whether a request brings the token as a bearer; a wrong one is not counted."""
        bearer = self._bearer(request)
        return bearer is not None and self._is_token(bearer)

    def _in_session(self, cookie: str) -> str | None:
        session = self._sessions.find(cookie)
        return session.viewer if session else None

    def _bearer(self, request: web.Request) -> str | None:
        given = request.headers.get("Authorization", "")
        if self._token is None or given[: len(BEARER)].lower() != BEARER:
            return None
        return given[len(BEARER) :].strip()

    def _by_form(self, request: web.Request, given: str) -> str | None:
        """Compare with the token, unless too many failed before."""
        self._check_attempts(self._attempts, request)
        if self._is_token(given):
            return TOKENS_OWNER
        self._fail(self._attempts, request)
        return None

    def _is_token(self, given: str) -> bool:
        """Compare in constant time."""
        return self._token is not None and hmac.compare_digest(digest(given), self._token)

    @staticmethod
    def _check_attempts(attempts: Attempts, request: web.Request) -> None:
        wait = attempts.wait(request.remote or "")
        if wait:
            text = f"Too many failed logins. Wait {wait:.0f} s, or run /debug dashboard for a link."
            raise RefusedError(429, text, wait)

    @staticmethod
    def _fail(attempts: Attempts, request: web.Request) -> None:
        address = request.remote or ""
        attempts.fail(address)
        audit_refusal("dashboard login refused: wrong code or token address=%s", address)


def _set_cookie(
    response: web.Response, name: str, value: str, seconds: int, *, secure: bool
) -> None:
    """Let the browser keep a cookie for so long; 0 lets it forget one."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", httponly=True, secure=secure, samesite="Lax"
    )


def _name(request: web.Request, *, secure: bool) -> str:
    """Name the cookie; with the port, since cookies do not tell the ports of a host apart."""
    address = request.transport.get_extra_info("sockname") if request.transport else None
    name = COOKIE.format(port=address[1] if address else 0)
    return f"{SECURE}{name}" if secure else name


def _cookies(request: web.Request, name: str) -> list[str]:
    """List what a browser sends under a name, whatever else it has for this host.

    A parser of cookies gives up at one of another program that is not as it should be, such as
    JSON; and one of a parent domain may have our name.
    """
    pairs = (
        pair.partition("=")
        for header in request.headers.getall("Cookie", ())
        for pair in header.split(";")
    )
    return [value.strip() for key, _, value in pairs if key.strip() == name]


def _secret_in(body: bytes) -> str:
    """Read a code or a token; a person may have pasted either into the form.

    Raises:
        RefusedError: the body is not what the login takes.
    """
    try:
        given: Any = json.loads(body)
        secret = given.get("code") or given.get("token")
    except (ValueError, RecursionError, AttributeError):
        secret = None
    if not isinstance(secret, str) or not secret.strip():
        raise RefusedError(400, 'Send JSON: {"code": "…"} or {"token": "…"}.')
    return secret.strip()
