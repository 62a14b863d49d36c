"""Service calls, requests and responses of the host → DEBUG lines in the log, and spans of a call.

Debug mode is the level DEBUG, of the root logger or of the one that writes the line, however it
was set; there is no second switch. Below it, each of these is one look at the level. Nothing that
is given to them can make them raise: debug mode is switched on in a bot that must go on.

A traced service that is called while a command, an interaction or a message is handled is a part of
that call, as ``/debug trace`` shows it, at any level.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, cast

from services.debugcog.calls.running import ACTIVE, Part
from services.debugcog.exceptions import is_plain, late_text
from services.debugcog.guard import guard, is_hosts, own_logger
from services.debugcog.host_text import CONTAINERS, answers
from services.debugcog.logfile.entry import Block
from services.debugcog.logfile.text import escaped, shortened
from services.debugcog.logs import current
from services.debugcog.redaction import key_names, key_values
from services.debugcog.redaction.redactor import redact
from services.debugcog.timeseries.metric_names import label_text

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Enabled = Callable[[int], bool]
Tell = Callable[[tuple[object, ...], Mapping[str, object]], None]

log = own_logger("debugcog.tracing")

TEXT_MAX = 50
"""Characters of a response that are shown."""
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
        lines = (("Model", str, model), ("Tokens", str, tokens), ("Context", _parts, context))
        _write(service, "Request", lines)


def log_response(service: str = "LLM", *, seconds: float, tokens: int, text: str) -> None:
    """Write the block of a response.

    Args:
        service: what answered; the block's title is "<service> Response:".
        seconds: how long it took.
        tokens: output tokens.
        text: the answer, of which the first 50 characters are shown.
    """
    if log.isEnabledFor(logging.DEBUG):
        lines = (
            ("Time", _time, seconds),
            ("Tokens", str, tokens),
            ("First 50 chars", _first, text),
        )
        _write(service, "Response", lines)


def traced(service: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function or method: each call is a line in debug mode, and a part of a trace.

    ``service_call: user_profiles.get_profile(user_id=123)``, before it runs. The line is written by
    the logger of the function's module. It takes functions, coroutine functions, generators of both
    kinds, partials and callable objects, and stands below ``@classmethod`` and ``@staticmethod``.
    Generators are not timed.

    Args:
        service: name of the service in the line and in the trace.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        teller = _teller(service, function)
        if teller is None:
            return function
        # discord.py and others look at what kind a function is; a generator is handed through.
        kind = _coroutine if inspect.iscoroutinefunction(function) else _function
        return cast("Callable[P, R]", functools.wraps(function)(kind(function, *teller)))

    return decorate


def _function(
    function: Callable[..., Any], enabled: Enabled, tell: Tell, name: tuple[str, str]
) -> Callable[..., Any]:
    generates = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)

    def call(*args: Any, **kwargs: Any) -> Any:
        if enabled(logging.DEBUG):
            tell(args, kwargs)
        running = ACTIVE.get()
        if running is None or generates:
            return function(*args, **kwargs)
        with Part(running, name):
            return function(*args, **kwargs)

    return call


def _coroutine(
    function: Callable[..., Any], enabled: Enabled, tell: Tell, name: tuple[str, str]
) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        if enabled(logging.DEBUG):
            tell(args, kwargs)
        running = ACTIVE.get()
        if running is None:
            return await function(*args, **kwargs)
        with Part(running, name):
            return await function(*args, **kwargs)

    return call


@guard(cast("tuple[Enabled, Tell, tuple[str, str]] | None", None))
def _teller(
    service: str, function: Callable[..., object]
) -> tuple[Enabled, Tell, tuple[str, str]] | None:
    """Give what asks for the level, what writes the line, and service and function in a trace.

    None of what cannot be traced.
    """
    named = _named(function)
    names = _positional(function)
    logger = logging.getLogger(named.__module__)
    called = f"{service}.{named.__name__}"

    @guard(None)
    def tell(args: tuple[object, ...], kwargs: Mapping[str, object]) -> None:
        given = [*itertools.zip_longest(names[: len(args)], args, fillvalue=""), *kwargs.items()]
        if given and given[0][0] in ("self", "cls"):
            given = given[1:]
        shown = [_argument(name, value) for name, value in given[:ARGUMENTS_MAX]]
        more = ["..."] if len(given) > ARGUMENTS_MAX else []
        logger.debug("service_call: %s", f"{called}({', '.join(shown + more)})")

    return logger.isEnabledFor, tell, (label_text("service", service), named.__name__)


def _named(function: Callable[..., object]) -> Any:
    """Find what has the name: the function itself or of a partial, or a callable object's class."""
    while isinstance(function, functools.partial):
        function = function.func
    return function if hasattr(function, "__name__") else type(function)


def _positional(function: Callable[..., object]) -> list[str]:
    """Name the parameters that positional arguments fill, but for ``*args``."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C
        return []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in parameters if parameter.kind in kinds]


@guard(None)
def _write(service: str, what: str, given: Sequence[tuple[str, Callable[[Any], str], Any]]) -> None:
    lines = tuple(f"{name}: {_guarded(show, value)}" for name, show, value in given)
    log.debug(Block(f"{_guarded(str, service)} {what}:", lines))


def _argument(name: str, value: object) -> str:
    text = MASK if key_names.names_secret(name) else _guarded(_value, value)
    text = MASK if key_values.is_secret(name, text.strip('"')) else text
    return f"{name}={text}" if name else text


def _guarded(show: Callable[[T], str], value: T) -> str:
    """Show a value by its own code, which is not ours to trust; where that fails, by its type.

    Where it hangs, that is said; no container is asked, of which no items are shown.
    """
    try:
        if type(value) in CONTAINERS or is_plain(value) or answers(value):
            return show(value)
        return late_text(value)
    except BaseException as error:
        if not is_hosts(error):
            raise
        return f"<{type(value).__name__}>"


def _parts(context: Sequence[object] | None) -> str:
    parts = () if context is None else context
    return f"[{', '.join(_guarded(str, part) for part in parts)}]"


def _time(seconds: float | None) -> str:
    try:
        return f"{seconds:.1f}s"
    except (TypeError, ValueError):  # no number: it was not measured
        return str(seconds)


def _first(text: object) -> str:
    return _quoted(str(text), TEXT_MAX)  # some models answer None


def _value(value: object) -> str:
    """Show a value: a text shortened, a container by its brackets only."""
    if isinstance(value, str):
        return _quoted(value, ARGUMENT_MAX)
    if isinstance(value, list | tuple | dict | set | frozenset):
        return _brackets(value)
    clean, is_whole = shortened(repr(value), _redact, ARGUMENT_MAX)
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
