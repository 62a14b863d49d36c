"""Name of a rule → likely causes and suggested fixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What may be behind an alert, and what to try."""

    causes: tuple[str, ...]
    fixes: tuple[str, ...]


UNKNOWN = Diagnosis((), ())

_SLOW = Diagnosis(
    causes=(
        "LLM provider latency",
        "Large context size (> 3000 tokens)",
        "Network issues",
        "CPU/memory constraints",
    ),
    fixes=(
        "Enable response streaming",
        "Reduce history size",
        "Use faster LLM model",
        "Check system resources",
    ),
)
DIAGNOSES: Mapping[str, Diagnosis] = {
    "response_time": _SLOW,
    "tokens": Diagnosis(
        causes=("Large context size (> 3000 tokens)", "Large conversation histories"),
        fixes=("Reduce history size", "Reduce `MAX_HISTORY_MESSAGES`"),
    ),
    "memory": Diagnosis(
        causes=(
            "Temp files not cleaned up",
            "Large conversation histories",
            "Memory leaks",
            "Too many cached profiles",
        ),
        fixes=(
            "Verify `MEMORY_CLEANUP_ENABLED=true`",
            "Reduce `MAX_HISTORY_MESSAGES`",
            "Restart bot periodically",
            "Check for stuck processes",
        ),
    ),
    "error_rate": Diagnosis(
        causes=(
            "RVC service not running",
            "A model that was not downloaded",
            "Network issues",
        ),
        fixes=("`/debug errors` shows them in groups", '`grep "TTS" logs/bot.log | grep ERROR`'),
    ),
    "event_loop": Diagnosis(
        causes=("Blocking work in a coroutine", "CPU/memory constraints"),
        fixes=("Move it to `asyncio.to_thread`", "Check system resources"),
    ),
    "gateway": Diagnosis(
        causes=("Network issues", "An outage of Discord", "A stalled event loop"),
        fixes=("Check discordstatus.com", "Check the machine's network"),
    ),
    "crash_loop": Diagnosis(
        causes=("An exception at start", "Killed for its memory"),
        fixes=("Read the end of `logs/bot.log`", "Go back to the last release"),
    ),
}


def diagnose(rule: str) -> Diagnosis:
    """Look up a rule; one that is not in the table has no causes."""
    return DIAGNOSES.get(rule, UNKNOWN)
