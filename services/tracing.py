"""Calls, requests and responses of a host's services → DEBUG lines in the guide's format.

Debug mode is the level DEBUG, of the root logger or of the one that writes the line, however it
was set; there is no second switch. Below it, each of these is one look at the level.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, cast

from services.logfile.format import Block
from services.logfile.text import escaped, shortened
from services.logs import current
from services.redaction import redact
from services.secret_keys import is_secret_key

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

TEXT_MAX = 50
"""Characters of a response that are shown (the guide's "First 50 chars")."""
ARGUMENT_MAX = 40
"""Characters of an argument that are shown."""
ARGUMENTS_MAX = 20
MASK = "***"


def log_request(
    service: str = "LLM", *, model: str, tokens: int, context: Sequence[str] = ()
) -> None:
    """Write the block of a request.

    Args:
        service: what is asked; the block's title is "<service> Request:".
        model: name of the model.
        tokens: input tokens.
        context: what went along, in words: "User profile", "10 messages".
    """
    if log.isEnabledFor(logging.DEBUG):
        parts = ", ".join(map(str, context))
        lines = (f"Model: {model}", f"Tokens: {tokens}", f"Context: [{parts}]")
        log.debug(Block(f"{service} Request:", lines))


def log_response(service: str = "LLM", *, seconds: float, tokens: int, text: str) -> None:
    """Write the block of a response.

    Args:
        service: what answered; the block's title is "<service> Response:".
        seconds: how long it took.
        tokens: output tokens.
        text: the answer, of which the first 50 characters are shown.
    """
    if log.isEnabledFor(logging.DEBUG):
        first = _quoted(str(text), TEXT_MAX)  # some models answer None
        lines = (f"Time: {seconds:.1f}s", f"Tokens: {tokens}", f"First 50 chars: {first}")
        log.debug(Block(f"{service} Response:", lines))


def traced(service: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function or method: each call is a line in debug mode, before it runs.

    ``service_call: user_profiles.get_profile(user_id=123)``. The line is written by the logger of
    the function's module. It takes functions, coroutine functions and generators of both kinds,
    and stands below ``@classmethod`` and ``@staticmethod``.

    Args:
        service: name of the service in the line.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        enabled = logging.getLogger(function.__module__).isEnabledFor
        tell = _teller(service, function)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if enabled(logging.DEBUG):
                tell(args, kwargs)
            return function(*args, **kwargs)

        @functools.wraps(function)
        async def call_async(*args: P.args, **kwargs: P.kwargs) -> Any:
            if enabled(logging.DEBUG):
                tell(args, kwargs)
            return await cast(Any, function(*args, **kwargs))

        # discord.py and others look at what kind a function is; a generator is handed through.
        return cast(Any, call_async) if inspect.iscoroutinefunction(function) else call

    return decorate


def _teller(
    service: str, function: Callable[..., object]
) -> Callable[[tuple[object, ...], Mapping[str, object]], None]:
    names = _positional(function)
    logger = logging.getLogger(function.__module__)

    def tell(args: tuple[object, ...], kwargs: Mapping[str, object]) -> None:
        given = [*itertools.zip_longest(names[: len(args)], args, fillvalue=""), *kwargs.items()]
        if given and given[0][0] in ("self", "cls"):
            given = given[1:]
        shown = [_argument(name, value) for name, value in given[:ARGUMENTS_MAX]]
        more = ["..."] if len(given) > ARGUMENTS_MAX else []
        call = f"{service}.{function.__name__}({', '.join(shown + more)})"
        logger.debug("service_call: %s", call)

    return tell


def _positional(function: Callable[..., object]) -> list[str]:
    """Name the parameters that positional arguments fill, but for ``*args``."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C
        return []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in parameters if parameter.kind in kinds]


def _argument(name: str, value: object) -> str:
    text = MASK if is_secret_key(name) else _value(value)
    return f"{name}={text}" if name else text


def _value(value: object) -> str:
    """Show a value as the guide does: a text shortened, a container by its brackets only."""
    if isinstance(value, str):
        return _quoted(value, ARGUMENT_MAX)
    if isinstance(value, list | tuple | dict | set | frozenset):
        return _brackets(value)
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - an argument's repr is not ours to trust
        return f"<{type(value).__name__}>"
    clean, is_whole = shortened(text, _redact, ARGUMENT_MAX)
    return escaped(clean) if is_whole else f"{escaped(clean)}..."


def _brackets(value: Collection[object]) -> str:
    opening, closing = "[]" if isinstance(value, list) else "()"
    if not isinstance(value, list | tuple):
        opening, closing = "{}"
    return f"{opening}...{closing}" if value else opening + closing


def _quoted(text: str, limit: int) -> str:
    clean, is_whole = shortened(text, _redact, limit)
    dots = "" if is_whole else "..."
    return '"' + escaped(clean).replace('"', r"\"") + dots + '"'


def _redact(text: str) -> str:
    """Redact before a text is cut: the log, which knows more secrets, sees only what is left."""
    logs = current()
    return redact(text) if logs is None else logs.redact(text)
