"""Sandbox: REST API, CDN, gateway and page on one local port, and the users of the bot."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import web

from discord_sandbox.cdn import Cdn
from discord_sandbox.faults import Faults
from discord_sandbox.gateway.connection import Connection
from discord_sandbox.gateway.hub import Hub
from discord_sandbox.openapi import OpenAPI, Violation, load
from discord_sandbox.page.page_context import PageContext
from discord_sandbox.page.site import Site
from discord_sandbox.people.actions import People
from discord_sandbox.people.interacting import Stage
from discord_sandbox.record.recorder import Recorder
from discord_sandbox.rest import routes
from discord_sandbox.rest.call import App
from discord_sandbox.rest.http import PREFIX, Api
from discord_sandbox.rest.ratelimits import RateLimits
from discord_sandbox.rest.records import Request
from discord_sandbox.world import permissions
from discord_sandbox.world.application import Application, Team, TeamRole
from discord_sandbox.world.core import Clock, SandboxError
from discord_sandbox.world.interactions import Interactions
from discord_sandbox.world.users import User
from discord_sandbox.world.world import Guild, World

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 41.25
SHUTDOWN_SECONDS = 1.0
"""How long what is under way may take when the sandbox closes."""
KEPT_REQUESTS = 10_000
UPLOAD_LIMIT = 10 * 1024 * 1024  # docs/reference#uploading-files
BODY_LIMIT = 512 * 1024 * 1024


class Sandbox(People):
    """A Discord for one machine; ``async with`` starts and stops it.

    Args:
        host: the address to listen on.
        port: the port; 0 takes a free one.
        clock: unix time in seconds, for ids, the 3 s and 15 min rules, expiry.
        heartbeat: seconds between heartbeats.
        upload_limit: bytes that one file may have.
        rate_limits: whether requests beyond the limits are refused; the headers are always told.
        openapi: Discord's openapi.json; without it, the file that DISCORD_OPENAPI names, if any.
        name: the name of the application and its bot.
        record: a file for every request, gateway event and fault; one that is there is replaced.
        read_only: whether the page shows, but lets nobody do anything.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock = time.time,
        heartbeat: float = HEARTBEAT_SECONDS,
        upload_limit: int = UPLOAD_LIMIT,
        rate_limits: bool = True,
        openapi: Path | None = None,
        name: str = "sandbox bot",
        record: Path | None = None,
        read_only: bool = False,
    ) -> None:
        self.world = World(clock, name)
        self.hub = Hub(self.world)
        self.requests: deque[Request] = deque(maxlen=KEPT_REQUESTS)
        self.violations: list[Violation] = []
        named = openapi or os.environ.get("DISCORD_OPENAPI")
        self.openapi: OpenAPI | None = load(Path(named)) if named else None
        interactions = Interactions(clock)
        self.faults = Faults(self.hub, interactions)
        self._recorder = Recorder(record, self.world, interactions) if record else None
        stage = Stage(self.world, self.hub, interactions, upload_limit)
        super().__init__(stage)
        context = PageContext(self, stage, self.faults, self.requests, self.violations, read_only)
        self._site = Site(context)
        self._host, self._port, self._heartbeat = host, port, heartbeat
        app = App(self.world, self.hub, interactions, upload_limit)
        self._api = Api(
            app,
            routes.ALL,
            RateLimits(rate_limits),
            self.faults,
            self._check,
            self._keep,
        )
        self._runner: web.AppRunner | None = None
        self._connections: dict[Connection, asyncio.Task[Any]] = {}

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def token(self) -> str:
        """The bot's token at this moment."""
        return self.world.token

    @property
    def api_base(self) -> str:
        """The address of the REST API, as discord.http.Route.BASE wants it."""
        return self.world.signer.base + PREFIX

    @property
    def gateway_url(self) -> str:
        """The address of the gateway."""
        return self.hub.url

    @property
    def page_url(self) -> str:
        """The address of the page on which people look at the sandbox."""
        return f"{self.world.signer.base}/"

    @property
    def application(self) -> Application:
        """The application."""
        return self.world.application

    @property
    def owner(self) -> User:
        """The user who owns the application."""
        return self.world.application.owner

    @property
    def bot(self) -> User:
        """The bot's account."""
        return self.world.bot

    def add_user(self, name: str, *, bot: bool = False) -> User:
        """Make an account that is in no guild yet."""
        return self.world.add_user(name, bot=bot)

    def add_guild(
        self,
        name: str,
        *,
        id: int | None = None,  # noqa: A002 - Discord's own word
        owner: User | None = None,
        bot_permissions: int = permissions.BOT,
    ) -> Guild:
        """Make a guild that the bot is in; its id decides its shard."""
        return self.world.add_guild(name, id=id, owner=owner, bot_permissions=bot_permissions)

    def add_team(self, name: str, members: Mapping[User, TeamRole]) -> Team:
        """Make a team the application's owner; the owner until now owns the team."""
        roles: dict[User, TeamRole] = {self.owner: "owner", **members}
        team = Team(self.world.ids.next(), name, self.owner, roles)
        self.application.team = team
        return team

    async def start(self) -> None:
        """Listen; the addresses are known from then on.

        Raises:
            SandboxError: the record cannot be written.
        """
        application = web.Application(client_max_size=BODY_LIMIT)
        self._api.add_to(application)
        Cdn(self.world, self.faults.refuse).add_to(application)
        self._site.add_to(application)
        application.router.add_get("/", self._gateway)
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        port = self._runner.addresses[0][1]
        address = f"{_named(self._host)}:{port}"
        self.world.signer.base, self.hub.url = f"http://{address}", f"ws://{address}/"
        await self._begin_record()

    async def close(self) -> None:
        """Close every connection and stop listening."""
        self.faults.closing.set()
        for connection in tuple(self._connections):
            connection.close(1001, "The sandbox closes.")
        await self._site.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        if (
            self._connections
        ):  # aiohttp waits for none that was cut off, and their ends are recorded
            await asyncio.wait(self._connections.values(), timeout=SHUTDOWN_SECONDS)
        if self._recorder:
            await self._recorder.close()

    async def _begin_record(self) -> None:
        if self._recorder is None:
            return
        try:
            self._recorder.start()
        except SandboxError:
            await self.close()
            raise
        self.hub.watch, self.faults.heard = self._recorder.frame, self._recorder.fault

    def _keep(self, request: Request) -> None:
        self.requests.append(request)
        if self._recorder:
            self._recorder.request(request)

    def _check(self, method: str, path: str, body: Any, query: Iterable[tuple[str, str]]) -> None:
        found = self.openapi.request(method, path, body, query) if self.openapi else ()
        for violation in found:
            self.violations.append(violation)
            log.error("Discord's description of the API forbids: %.500s", violation)

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        if "Upgrade" not in request.headers:
            return await self._site.index(request)
        self.faults.refuse(request)
        connection = Connection(self.hub, self.faults, self._heartbeat)
        task = asyncio.current_task()
        assert task is not None
        self._connections[connection] = task
        try:
            return await connection.serve(request)
        finally:
            del self._connections[connection]


def _named(host: str) -> str:
    """Return how an address stands in a URL; for one that means all, the one of this machine."""
    own = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - it is looked for here, not listened on
    return f"[{own}]" if ":" in own else own
