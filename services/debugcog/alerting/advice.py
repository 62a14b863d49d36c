"""Name of a rule and the parts that a bot has → general advice: usual causes, what to try."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.debugcog.frozen import frozen

LLM, TTS, TOKENS, FILES = "llm_generation", "tts_generation", "tokens_input", "temp_files_mb"
Hint = tuple[str, str]
"""A text, and the metric without which it makes no sense; empty where it always does."""


@frozen
class Advice:
    """What may be behind an alert, and what to try."""

    causes: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()


@frozen
class _Known:
    causes: tuple[Hint, ...]
    fixes: tuple[Hint, ...]


_KNOWN: Mapping[str, _Known] = {
    "response_time": _Known(
        causes=(
            ("LLM provider latency", LLM),
            ("Large context size (> 3000 tokens)", TOKENS),
            ("Network issues", ""),
            ("CPU/memory constraints", ""),
        ),
        fixes=(
            ("Enable response streaming", LLM),
            ("Reduce history size", LLM),
            ("Use faster LLM model", LLM),
            ("Check system resources", ""),
        ),
    ),
    "tokens": _Known(
        causes=(
            ("Large context size (> 3000 tokens)", ""),
            ("Large conversation histories", ""),
        ),
        fixes=(("Reduce history size", ""), ("Reduce `MAX_HISTORY_MESSAGES`", "")),
    ),
    "memory": _Known(
        causes=(
            ("Temp files not cleaned up", FILES),
            ("Large conversation histories", LLM),
            ("Memory leaks", ""),
            ("Too many cached profiles", LLM),
            ("Caches without a limit", ""),
        ),
        fixes=(
            ("Verify `MEMORY_CLEANUP_ENABLED=true`", FILES),
            ("Reduce `MAX_HISTORY_MESSAGES`", LLM),
            ("Restart bot periodically", ""),
            ("Check for stuck processes", ""),
        ),
    ),
    "error_rate": _Known(
        causes=(
            ("The TTS service does not answer", TTS),
            ("The LLM provider refuses requests", LLM),
            ("Network issues", ""),
        ),
        fixes=(
            ("`/debug errors` shows them in groups", ""),
            ('`grep "TTS" logs/bot.log | grep ERROR`', TTS),
        ),
    ),
    "event_loop": _Known(
        causes=(("Blocking work in a coroutine", ""), ("CPU/memory constraints", "")),
        fixes=(("Move it to `asyncio.to_thread`", ""), ("Check system resources", "")),
    ),
    "gateway": _Known(
        causes=(
            ("Network issues", ""),
            ("An outage of Discord", ""),
            ("A stalled event loop", ""),
        ),
        fixes=(("Check discordstatus.com", ""), ("Check the machine's network", "")),
    ),
    "crash_loop": _Known(
        causes=(("An exception at start", ""), ("Killed for its memory", "")),
        fixes=(("Read the end of `logs/bot.log`", ""), ("Go back to the last release", "")),
    ),
}
"""What is said of a part is for bots that have this part."""


def advice_for(rule: str, has: Callable[[str], object]) -> Advice:
    """Look up a rule; one that is not in the table has no causes.

    Args:
        rule: its name.
        has: tells whether the bot has recorded a metric.
    """
    known = _KNOWN.get(rule)
    if known is None:
        return Advice()
    return Advice(_fitting(known.causes, has), _fitting(known.fixes, has))


def _fitting(hints: tuple[Hint, ...], has: Callable[[str], object]) -> tuple[str, ...]:
    return tuple(text for text, metric in hints if not metric or has(metric))
