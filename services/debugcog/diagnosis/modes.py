"""Check: debug mode that was left on, metrics that are off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.debugcog.diagnosis.findings import Finding, warning
from services.debugcog.levels import Override
from services.debugcog.settings import Settings

DEBUG, ROOT = 10, "root"


def debug_mode(
    settings: Settings, root_level: int, overrides: Sequence[Override]
) -> Iterator[Finding]:
    """Look whether everything is logged, for ever.

    Args:
        settings: in force.
        root_level: effective level of the root logger.
        overrides: levels that were set at runtime.
    """
    if root_level > DEBUG:
        return
    ending = [one for one in overrides if one.name == ROOT and one.until is not None]
    if ending:
        return
    how = "DEBUG_MODE=true or LOG_LEVEL=DEBUG" if settings.is_debug else "it was set at runtime"
    fix = "Set `DEBUG_MODE=false` and `LOG_LEVEL=INFO`; for a while, use `/debug loglevel`."
    yield warning("Debug mode is on, and does not end by itself", how, fix=fix)


def metrics_off(settings: Settings) -> Iterator[Finding]:
    """Look whether there are metrics at all."""
    if not settings.metrics_enabled:
        fix = "Set `METRICS_ENABLED=true`."
        yield warning(
            "Metrics are off, and no alert rule is evaluated", "METRICS_ENABLED=false", fix=fix
        )
