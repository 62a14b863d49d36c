"""Metric → bounds of the buckets that are counted since start, in the metric's own unit.

A value counts in the first bucket whose bound it does not exceed, as Prometheus has it. The bins of
the sketch would not do: they are 2 % wide and begin where no one asks, so that one of them has
values on both sides of a bound such as 2.5 s or 4096 tokens, and a count taken from it is a guess.
"""

from __future__ import annotations

from services.debugcog.timeseries.metric_names import LEVELS, TIMINGS, TOKENS

RESPONSE_SECONDS = (
    0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0,
)  # fmt: skip
"""Finest where people begin to wait, with the thresholds of the default rules among them."""

LAG_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0)
"""Of the event loop: from what nobody notices to the critical threshold and beyond."""

TOKEN_COUNTS = (
    50.0, 100.0, 250.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0, 3500.0, 5000.0, 7500.0, 10_000.0,
    16_000.0, 32_000.0, 64_000.0, 128_000.0,
)  # fmt: skip
"""Of one request: finest around the thresholds, up to the context that models have."""

COSTS = (0.0001, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
"""What a model cost between two looks at its tokens, in whichever currency prices are."""

GEN_AI_SECONDS = tuple(0.01 * 2**step for step in range(14))
GEN_AI_TOKENS = tuple(float(4**step) for step in range(14))
"""What OpenTelemetry's conventions for generative AI ask for."""

ANY = (0.0, 0.1, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1e3, 1e4, 1e5, 1e6)
"""For values of which nothing is known but that they are numbers."""

MS = 1000.0


def bounds_of(name: str, *, timed: bool, level: bool) -> tuple[float, ...]:
    """Choose the bounds, from low to high; none for a level, of which the newest value counts.

    Args:
        name: canonical.
        timed: whether its values are durations in ms.
        level: whether it is sampled, as a gauge is.
    """
    if name == "event_loop_lag_ms":
        return _ms(LAG_SECONDS)
    if level or name in LEVELS:
        return ()
    if name in ("llm_generation", "llm_time_to_first_token"):
        return _ms(RESPONSE_SECONDS, GEN_AI_SECONDS)
    if timed or name in TIMINGS or name.endswith("_ms"):
        return _ms(RESPONSE_SECONDS)
    if name == "llm_cost":
        return COSTS
    if name in (*TOKENS, "tokens_cached"):
        return tuple(sorted({*TOKEN_COUNTS, *GEN_AI_TOKENS}))
    return ANY


def _ms(*seconds: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sorted({MS * bound for bounds in seconds for bound in bounds}))
