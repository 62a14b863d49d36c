"""Name and labels of a metric → canonical key, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from services.debugcog.calls.call import ACKNOWLEDGEMENT, COMMAND, INTERACTION
from services.debugcog.patterns import late_pattern
from services.debugcog.redaction import key_values
from services.debugcog.redaction.redactor import redact

TIMINGS = (
    "llm_generation",
    "llm_time_to_first_token",
    "tts_generation",
    "total_response_time",
    "voice_transcription",
    COMMAND,
    INTERACTION,
    ACKNOWLEDGEMENT,
)
"""Known timers, in ms: those of a bot's work, and the cog's own."""

COUNTERS = (
    "messages_processed",
    "api_calls",
    "errors",
    "errors_captured",
    "cache_hits",
    "cache_misses",
)
"""Known counters: those of a bot's work, and the errors that the cog has caught."""

TOKENS = ("tokens_input", "tokens_output", "tokens_used")
"""Known metrics whose sum since start is kept too."""

LEVELS = (
    "memory_usage_mb",
    "temp_files_mb",
    "event_loop_lag_ms",
    "cpu_percent",
    "gateway_latency_ms",
    "gateway_down_seconds",
    "process_start_time_seconds",
)
"""Known values that are sampled: the newest one counts."""

ATTRIBUTED = {"tokens_input": 0, "tokens_output": 1, "tokens_cached": 2}
"""Known metrics that are counted for the call in which they are recorded, too → its number."""

VALUES = (*TOKENS, "tokens_cached", "llm_cost", *LEVELS)
"""Known values: those of a bot's work, and those of the samplers."""

ALIASES = {"response_time": "total_response_time"}
"""Other names of known metrics → their names: ``get_stats()`` has ``avg_response_time`` too."""

OTHER = "other"
"""Stands for all label sets beyond the bound."""

_NAME = late_pattern(r"[a-z][a-z0-9_]{0,63}")
_UNSAFE = late_pattern(r"[^\w.:/@+ -]")
_LABEL_LENGTH = 64


def canonical(name: object) -> str:
    """Return the name under which a metric is kept.

    Raises:
        ValueError: it is no name of a metric; says what is allowed.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        shown = f"{redact(name):.80}" if isinstance(name, str) else type(name).__name__
        raise ValueError(
            f"metric name {shown!r} is not allowed: start with a lower-case letter, go on with "
            "lower-case letters, digits and underscores, 64 at most"
        )
    return ALIASES.get(name, name)


def label_key(labels: Mapping[str, object]) -> str:
    """Write labels as text, sorted and without secrets: ``command=ask,guild=7``.

    Odd characters become ``_``.

    Raises:
        ValueError: a value is no text, number or None, or a label's name is no name.
    """
    return ",".join(
        f"{canonical(name)}={label_text(name, labels[name])}" for name in sorted(labels)
    )


def label_text(name: str, value: object) -> str:
    """Write the value of a label as ``label_key`` does.

    Raises:
        ValueError: it is no text, number or None.
    """
    if value is not None and not isinstance(value, str | int | float):
        kind = type(value).__name__
        raise ValueError(f"label {name} is a {kind}: give text, a number or None")
    text = "redacted" if key_values.is_secret(name, str(value)) else redact(str(value))
    return _UNSAFE.sub("_", text[:_LABEL_LENGTH])


def is_signed(name: str) -> bool:
    """Tell whether a value below zero makes sense: never for our own names and for durations."""
    return name not in TIMINGS + VALUES and not name.endswith(("_ms", "_seconds", "_mb"))
