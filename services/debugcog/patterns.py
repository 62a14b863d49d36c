"""Regular expression that is compiled when it is used first: most are not for long."""

from __future__ import annotations

import re
from typing import Any, AnyStr, Generic, cast


def late_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what ``re.compile`` would, and what compiles it with the first search."""
    return cast("re.Pattern[AnyStr]", _LatePattern(text, flags))


class _LatePattern(Generic[AnyStr]):
    def __init__(self, text: AnyStr, flags: int) -> None:
        self._late: tuple[AnyStr, int] = (text, flags)

    def __getattr__(self, name: str) -> Any:
        """Compile it, and keep what was asked for: from then on it costs what it always does."""
        found = getattr(re.compile(*vars(self)["_late"]), name)
        vars(self)[name] = found
        return found
