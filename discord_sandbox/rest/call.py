"""Call and Answer: the request that a route receives, and the response that it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from discord_sandbox.gateway.hub import Hub
from discord_sandbox.rules.forms import INT64, Rule, whole
from discord_sandbox.rules.refusals import invalid, refuse
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.interactions import Interactions
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.world import Guild, World


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request; ``index`` is the n of ``files[n]``."""

    index: int
    filename: str
    data: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with.

    Args:
        text: the rare body that is not made by the API, such as a page.
        taken: the request is carried out all the same; ``text`` takes the place of its answer.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    taken: bool = False


@dataclass(frozen=True, slots=True)
class App:
    """The parts of a sandbox that routes use."""

    world: World
    hub: Hub
    interactions: Interactions
    upload_limit: int  # bytes of one file


@dataclass(frozen=True, slots=True)
class Call:
    """One request that has passed authentication.

    Args:
        app: the parts of the sandbox that a route may use.
        path: the variables of the path; all ids are numbers.
        query: the query's variables, as text.
        body: the JSON body, or the ``payload_json`` of a multipart one.
        uploads: the files of a multipart body.
        texts: those variables of the path that are no ids, such as tokens and emoji.
    """

    app: App
    path: Mapping[str, int]
    query: Mapping[str, str]
    body: Any
    uploads: tuple[Upload, ...]
    texts: Mapping[str, str]

    @property
    def world(self) -> World:
        """The state."""
        return self.app.world

    def check(self, rule: Rule) -> None:
        """Refuse (50035) a body that breaks a rule."""
        if issues := list(rule(self.body, ())):
            raise invalid(issues)

    def flag(self, name: str) -> bool:
        """Return a variable of the query that is true or false."""
        return self.query.get(name, "").lower() in ("1", "true")

    def number(self, name: str, default: int, minimum: int = 0, maximum: int = INT64) -> int:
        """Return a number from the query; refuse (50035) what is none, too small or too large."""
        value = self.query.get(name, default)
        if issues := list(whole(minimum, maximum)(value, (name,))):
            raise invalid(issues)
        return int(value)

    def guild(self) -> Guild:
        """Return the guild of the path; one that the bot is not in is unknown to it (10004)."""
        guild = self.world.guilds.get(self.path["guild_id"])
        if guild is None or self.world.bot.id not in guild.members:
            raise refuse(10004)
        return guild

    def channel(self, *needed: Permission) -> Channel:
        """Return the channel of the path, if the bot sees it and has the permissions there.

        Raises:
            Refusal: 10003 (no such channel), 50001 (not visible), 50013 (a permission lacks).
        """
        channel = self.world.channels.get(self.path["channel_id"])
        if channel is None:
            raise refuse(10003)
        may = self.world.may(self.world.bot, channel)
        if not may & Permission.VIEW_CHANNEL:
            raise refuse(50001)
        if any(not may & each for each in needed):
            raise refuse(50013)
        return channel

    def need(self, guild: Guild, *needed: Permission) -> None:
        """Refuse (50013) unless the bot has the permissions in a guild."""
        if any(not guild.bot.permissions & each for each in needed):
            raise refuse(50013)


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of the API: its method, its path as Discord's documentation writes it.

    Args:
        method: the HTTP method.
        path: with variables in braces; those that end in ``_id`` have to be numbers.
        handler: answers with JSON (200), None (204), or an Answer.
        bot: whether the bot's token is needed; other routes have a token in their path.
        bucket: the name of its rate limit, shared by the routes of that name.
    """

    method: str
    path: str
    handler: Handler
    bot: bool = True
    bucket: str = "default"
