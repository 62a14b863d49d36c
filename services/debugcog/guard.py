"""Decorator for code that runs inside the host's: logs exceptions instead of raising them."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger("debugcog.guard")


def guard(default: T) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a decorator: where the function raises, it returns ``default``."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return function(*args, **kwargs)
            except Exception:
                logger.exception("Watching failed: %s", function.__qualname__)
                return default

        return guarded

    return decorate
