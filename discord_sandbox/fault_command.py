"""``python -m discord_sandbox fault …`` → a fault in a running sandbox, over its page's socket."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from typing import Any, NoReturn

import aiohttp

from discord_sandbox.faults import KINDS, Kind
from discord_sandbox.faults.table import Parameter, find
from discord_sandbox.world.core import JSON, SandboxError

PROG = "python -m discord_sandbox fault"
PORT = 8085
ANSWER_SECONDS = 5.0
GROUPS = {
    "requests": "faults of requests",
    "gateway": "faults of the gateway",
    "interactions": "faults of interactions",
    "channels": "what people do to a bot (clear does not undo it)",
}
EXAMPLES = """\
examples:
  python -m discord_sandbox fault error-503 --route "POST /channels/*/messages" --times 2
  python -m discord_sandbox fault outage 30
  python -m discord_sandbox fault drop-gateway --no-resume
  python -m discord_sandbox fault revoked-permission general --permission SEND_MESSAGES
  python -m discord_sandbox fault list
"""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are a SandboxError."""

    def error(self, message: str) -> NoReturn:
        """Complain, and name the help."""
        raise SandboxError(f"{message}\nSee {self.prog} --help.")


def parser(prog: str = PROG) -> Parser:
    """Return the parser; every fault of the table is a command of it."""
    made = Parser(
        prog=prog,
        description="Let something go wrong in a sandbox that runs on this machine.",
        epilog=f"{_listed()}\n{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--port", type=int, default=PORT, help=f"of the sandbox; {PORT} without it")
    named = made.add_subparsers(dest="fault", metavar="FAULT", required=True, prog=prog)
    words = {"list": "List the faults of now.", "clear": "End all faults."}
    words |= {kind.name: f"{kind.title}. {kind.help}" for kind in KINDS.values()}
    for name, text in words.items():
        one = named.add_parser(name, description=text)
        one.add_argument("--port", type=int, default=argparse.SUPPRESS, help="of the sandbox")
        for each in KINDS[name].parameters if name in KINDS else ():
            _add(one, KINDS[name], each)
    return made


def read(text: str) -> tuple[str, JSON]:
    """Read a fault that is written in one argument, as ``--fault`` takes it.

    Raises:
        SandboxError: it is none.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise SandboxError(f"--fault {text!r} cannot be read: {error}") from error
    return _asked(words)[1:]


async def run(arguments: Sequence[str]) -> str:
    """Do what a command line says; return what came of it.

    Raises:
        SandboxError: it cannot be read, or the sandbox refuses, or there is none.
    """
    port, name, values = _asked(arguments)
    if name == "list":
        reply = await _ask(port, {"do": "faults"})
    elif name == "clear":
        reply = await _ask(port, {"do": "clear_faults"})
    else:
        reply = await _ask(port, {"do": "fault", "fault": name, "values": values})
        return str(reply["done"])
    return "\n".join(reply["now"]) or "There is no fault."


def _asked(words: Sequence[str]) -> tuple[int, str, JSON]:
    """Read and check what needs no sandbox to be checked."""
    options = vars(parser().parse_args(_spelt(words)))
    port, name = options.pop("port"), options.pop("fault")
    values = {key: value for key, value in options.items() if value is not None}
    if name in KINDS:
        KINDS[name].values(values)
    return port, name, values


def _spelt(words: Sequence[str]) -> Sequence[str]:
    """Refuse a misspelt fault with the name that may be meant, which argparse does not know."""
    first = next((word for word in words if not word.startswith("-") and not word.isdigit()), None)
    if first not in (None, "list", "clear"):
        find(str(first))
    return words


def _add(one: argparse.ArgumentParser, kind: Kind, each: Parameter) -> None:
    note = each.help if each.default in (None, "") else f"{each.help}; {each.default} without it"
    if each.is_flag:
        action = argparse.BooleanOptionalAction
        one.add_argument(f"--{each.name}", help=each.help, action=action, default=None)
        return
    # The first value may stand alone; what is left out of two places must not hide the other.
    optional: dict[str, Any] = {"help": note.replace("%", "%%"), "default": argparse.SUPPRESS}
    if kind.group != "requests" and each is kind.parameters[0]:
        one.add_argument(each.name, nargs="?", **optional)
    one.add_argument(f"--{each.name}", **optional)


def _listed() -> str:
    lines = ["list                   list the faults of now", "clear                  end them all"]
    for group, title in GROUPS.items():
        lines += ["", f"{title}:"]
        of_group = (kind for kind in KINDS.values() if kind.group == group)
        lines += [f"  {kind.name:<20} {kind.title}. {kind.help}" for kind in of_group]
    return "\n".join(lines) + "\n"


async def _ask(port: int, frame: JSON) -> JSON:
    """Ask a sandbox as its page does.

    Raises:
        SandboxError: nobody is there, or it refuses.
    """
    url = f"ws://127.0.0.1:{port}/page/live"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(ANSWER_SECONDS)) as session,
            session.ws_connect(url) as socket,
        ):
            await socket.send_json({**frame, "id": 1})
            while (reply := await socket.receive_json(timeout=ANSWER_SECONDS)).get("reply") != 1:
                pass
    except (aiohttp.ClientError, TimeoutError, TypeError, OSError) as error:
        how = "start one with python -m discord_sandbox, or name its --port"
        raise SandboxError(f"no sandbox answers on port {port}: {how}") from error
    if "error" in reply:
        raise SandboxError(reply["error"])
    result: JSON = reply["result"]
    return result
