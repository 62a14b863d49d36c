"""Table of all faults (name, parameters, effect) for the page, the command line and Python."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from discord_sandbox.faults import values
from discord_sandbox.faults.requests import PAGE, Fault, Trouble
from discord_sandbox.faults.state import Faults
from discord_sandbox.world.core import JSON, SandboxError


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a fault takes.

    Args:
        name: its name.
        default: what it is when nothing is given; None where something has to be.
        help: what it means, units included.
        read: turns what was given into the value; None where that needs the world.
    """

    name: str
    default: Any
    help: str
    read: Callable[[Any], Any] | None = None

    @property
    def is_flag(self) -> bool:
        """Whether it is a yes or no."""
        return self.read is values.flag


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can go wrong.

    Args:
        name: its name on the command line and in Python.
        title: its name on the page.
        group: what it happens to: ``requests``, ``gateway``, ``interactions`` or ``channels``.
        help: what the bot meets.
        parameters: its values; the first of a kind that is not for requests may stand alone.
        act: makes it happen; returns a sentence if there is more to tell than the name.
    """

    name: str
    title: str
    group: str
    help: str
    parameters: tuple[Parameter, ...]
    act: Callable[[Faults, dict[str, Any]], str | None]

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Read what was given, as far as that needs no world.

        Raises:
            SandboxError: a value is none, is missing, or is not known.
        """
        known = {each.name: each for each in self.parameters}
        for name in given:
            if name not in known:
                takes = f"it takes {', '.join(known)}" if known else "it takes nothing"
                raise SandboxError(f"{self.name} has no {name!r}: {takes}")
        found: dict[str, Any] = {}
        for name, each in known.items():
            value = given.get(name)
            value = each.default if value is None else value
            if value is None:
                raise SandboxError(f"{self.name} needs a {name}: {each.help}")
            found[name] = each.read(value) if each.read else value
        return found


def cause(faults: Faults, name: str, given: Mapping[str, Any]) -> str:
    """Cause a fault; return a sentence that says what was done.

    Raises:
        SandboxError: there is no such fault, or a value of it is none.
    """
    kind = find(name)
    return kind.act(faults, kind.values(given)) or kind.title


def find(name: str) -> Kind:
    """Return a kind of fault by its name.

    Raises:
        SandboxError: there is none.
    """
    if name in KINDS:
        return KINDS[name]
    close = difflib.get_close_matches(name, KINDS, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(KINDS)}"
    raise SandboxError(f"there is no fault {name!r}: {hint}")


def as_json() -> list[JSON]:
    """Return the table as JSON for the page."""
    return [
        {
            "name": kind.name,
            "title": kind.title,
            "group": kind.group,
            "help": kind.help,
            "parameters": [
                {"name": p.name, "default": p.default, "help": p.help, "flag": p.is_flag}
                for p in kind.parameters
            ],
        }
        for kind in KINDS.values()
    ]


ROUTE = Parameter("route", "*", "METHOD PATH below /api/v10, * for any part", values.route)
TIMES = Parameter("times", 1, "how many; 0: all until cleared", values.times)
CHANNEL = Parameter("channel", None, "id or name")


def _seconds(default: float, text: str) -> Parameter:
    return Parameter("seconds", default, text, values.seconds)


def _request(trouble: Trouble, title: str, text: str, *more: Parameter) -> Kind:
    def act(faults: Faults, given: dict[str, Any]) -> str:
        method, path = given["route"]
        fault = Fault(trouble, method, path, given["times"], given.get("seconds", 1.0))
        faults.add(fault)
        return str(fault)

    return Kind(trouble.value, title, "requests", text, (ROUTE, TIMES, *more), act)


def _proxy(faults: Faults, given: dict[str, Any]) -> str:
    method, path = given["route"]
    fault = Fault(
        Trouble.PROXY,
        method,
        path,
        given["times"],
        status=given["status"],
        body=given["body"],
        location=given["location"],
        taken=given["taken"],
    )
    faults.add(fault)
    return str(fault)


def _outage(faults: Faults, given: dict[str, Any]) -> str:
    faults.outage(given["seconds"])
    return f"outage for {given['seconds']:g} s"


def _silence(faults: Faults, given: dict[str, Any]) -> str:
    if given["seconds"]:
        faults.silence_heartbeats(given["seconds"])
        return f"heartbeats stay unanswered for {given['seconds']:g} s"
    faults.silent_heartbeats = True
    return "heartbeats stay unanswered until cleared"


def _delete_channel(faults: Faults, given: dict[str, Any]) -> str:
    channel = values.channel(faults.world, given["channel"])
    faults.delete_channel(channel)
    return f"#{channel.name} is deleted"


def _delete_message(faults: Faults, given: dict[str, Any]) -> str:
    channel = values.channel(faults.world, given["channel"])
    message = values.message(faults.world, channel, given["message"])
    faults.delete_message(message)
    return f"message {message.id} of #{channel.name} is deleted"


def _revoke(faults: Faults, given: dict[str, Any]) -> str:
    channel = values.channel(faults.world, given["channel"])
    faults.revoke(channel, given["permission"], give=given["give"])
    done = "has again" if given["give"] else "no longer has"
    return f"the bot {done} {given['permission'].name} in #{channel.name}"


RESUME = Parameter("resume", True, "whether the session can be resumed", values.flag)
CODE = Parameter("code", 0, "close code, 4000 to 4999; 0: cut without one", values.close_code)
GIVE = Parameter("give", False, "give it back instead", values.flag)
PERMISSION = Parameter("permission", "SEND_MESSAGES", "Discord's name of it", values.permission)
MESSAGE = Parameter("message", "", "id; the bot's newest without one")
STATUS = Parameter("status", 404, "of HTTP, 200 to 599", values.status)
BODY = Parameter("body", PAGE, "JSON, a page, or nothing", str)
LOCATION = Parameter("location", "", "where a redirect leads", str)
TAKEN = Parameter("taken", False, "whether Discord gets the request all the same", values.flag)
RETRY = _seconds(1.0, "Retry-After, seconds")
FOREVER = _seconds(0.0, "seconds; 0: until cleared")

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        _request(Trouble.LATENCY, "Latency", "Answered late.", _seconds(1.0, "delay, seconds")),
        _request(Trouble.RATE_LIMIT, "429 of the route", "With Retry-After.", RETRY),
        _request(Trouble.GLOBAL_RATE_LIMIT, "429, global", "With Retry-After.", RETRY),
        _request(Trouble.CLOUDFLARE, "429 of Cloudflare", "A page of HTML, without Via."),
        _request(Trouble.ERROR_500, "500", "Internal Server Error."),
        _request(Trouble.ERROR_502, "502", "Bad Gateway."),
        _request(Trouble.ERROR_503, "503", "Service Unavailable."),
        _request(Trouble.RESET, "Connection reset", "The connection is cut."),
        _request(Trouble.SILENCE, "No answer", "The request waits for ever."),
        Kind(
            Trouble.PROXY.value,
            "Answer of a proxy",
            "requests",
            "Something in between answers with a status and a body of its own.",
            (ROUTE, TIMES, STATUS, BODY, LOCATION, TAKEN),
            _proxy,
        ),
        Kind(
            "outage",
            "Full outage",
            "gateway",
            "Requests, gateway and files are cut for a time.",
            (_seconds(10.0, "how long, seconds"),),
            _outage,
        ),
        Kind(
            "drop-gateway",
            "Drop the gateway",
            "gateway",
            "The connection is cut; the bot resumes its session, or has to identify anew.",
            (RESUME, CODE),
            lambda faults, given: faults.drop_gateway(**given),
        ),
        Kind(
            "reconnect-gateway",
            "Ask to reconnect",
            "gateway",
            "Opcode 7, as on Discord's deployments.",
            (),
            lambda faults, given: faults.reconnect_gateway(),
        ),
        Kind(
            "invalidate-session",
            "Invalidate the session",
            "gateway",
            "Opcode 9.",
            (Parameter("resume", False, RESUME.help, values.flag),),
            lambda faults, given: faults.invalidate_sessions(resume=given["resume"]),
        ),
        Kind(
            "silent-heartbeats",
            "Leave heartbeats unanswered",
            "gateway",
            "The bot takes the connection for dead after a while.",
            (FOREVER,),
            _silence,
        ),
        Kind(
            "expired-interaction",
            "Expire the next interactions",
            "interactions",
            "They reach the bot too late: 10062 Unknown interaction.",
            (TIMES,),
            lambda faults, given: faults.expire_next(given["times"]),
        ),
        Kind(
            "expired-tokens",
            "Expire the interactions of now",
            "interactions",
            "Edits and follow-ups meet 50027 Invalid Webhook Token.",
            (),
            lambda faults, given: faults.expire_tokens(),
        ),
        Kind(
            "deleted-channel",
            "Delete the channel",
            "channels",
            "10003 Unknown Channel.",
            (CHANNEL,),
            _delete_channel,
        ),
        Kind(
            "deleted-message",
            "Delete a message",
            "channels",
            "10008 Unknown Message.",
            (CHANNEL, MESSAGE),
            _delete_message,
        ),
        Kind(
            "revoked-permission",
            "Revoke a permission",
            "channels",
            "50013 Missing Permissions.",
            (CHANNEL, PERMISSION, GIVE),
            _revoke,
        ),
    )
}
