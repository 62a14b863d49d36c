"""Names of families → the panels of the Grafana dashboard, each with its expressions."""

from __future__ import annotations

from typing import Literal

from services.debugcog.frozen import frozen
from services.debugcog.prometheus.genai import CONVENTIONS
from services.debugcog.prometheus.names import KNOWN, PREFIX

CHOSEN = '{job=~"$job", process=~"$process"}'
"""Selects the processes that are chosen at the top of the board."""
RATE = "[$__rate_interval]"


@frozen
class Query:
    """One expression of a panel, and what its series are called."""

    expression: str
    legend: str = "{{process}}"


@frozen
class Panel:
    """One panel.

    Attributes:
        title: above it.
        unit: of Grafana: ``s``, ``bytes``, ``percentunit``, ``short``.
        queries: what it shows.
        kind: of Grafana.
        width: columns, of 24.
        height: rows of 30 pixels.
    """

    title: str
    unit: str
    queries: tuple[Query, ...]
    kind: Literal["stat", "timeseries", "table"] = "timeseries"
    width: int = 8
    height: int = 8


@frozen
class Row:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]


def _rate(name: str, by: str = "process") -> str:
    return f"sum by ({by}) (rate({name}{CHOSEN}{RATE}))"


def _mean(family: str, by: str = "process") -> str:
    return f"{_rate(f'{family}_sum', by)} / {_rate(f'{family}_count', by)}"


def _quantile(fraction: float, family: str, by: str = "process") -> str:
    return f"histogram_quantile({fraction}, {_rate(f'{family}_bucket', f'le, {by}')})"


def _stat(title: str, unit: str, expression: str) -> Panel:
    return Panel(title, unit, (Query(expression),), "stat", width=4, height=4)


RESPONSE, MODEL = KNOWN["total_response_time"].name, KNOWN["llm_generation"].name
COMMAND, LAG = KNOWN["command"].name, KNOWN["event_loop_lag_ms"].name
MESSAGES = f"{KNOWN['messages_processed'].name}_total"
HITS, MISSES = (f"{KNOWN[name].name}_total" for name in ("cache_hits", "cache_misses"))
ERRORS, CAUGHT = (f"{KNOWN[name].name}_total" for name in ("errors", "errors_captured"))
MEMORY, GATEWAY = KNOWN["memory_usage_mb"].name, KNOWN["gateway_latency_ms"].name
STARTED = KNOWN["process_start_time_seconds"].name
TOKENS_IN, TOKENS_OUT = KNOWN["tokens_input"].name, KNOWN["tokens_output"].name
FAILURES = f"{KNOWN['llm_generation'].stem}_failures_total"
COST = KNOWN["llm_cost"].name
BY_MODEL = "{{gen_ai_request_model}}"
DURATION = CONVENTIONS["llm_generation"].export.name
FIRST = CONVENTIONS["llm_time_to_first_token"].export.name
USAGE = CONVENTIONS["tokens_input"].export.name

OVERVIEW = Row(
    "Overview",
    (
        _stat("Active users", "short", f"sum by (process) ({PREFIX}active_users{CHOSEN})"),
        _stat("Messages per hour", "short", f"sum by (process) (increase({MESSAGES}{CHOSEN}[1h]))"),
        _stat("Average response time", "s", _mean(RESPONSE)),
        _stat("Memory", "bytes", f"{MEMORY}{CHOSEN}"),
        _stat("Uptime", "s", f"time() - {STARTED}{CHOSEN}"),
        _stat("Open incidents", "short", f"sum by (process) ({PREFIX}incidents_open{CHOSEN})"),
    ),
)
PERFORMANCE = Row(
    "Performance",
    (
        Panel(
            "Response time",
            "s",
            (
                Query(_mean(RESPONSE), "mean {{process}}"),
                Query(_quantile(0.5, RESPONSE), "p50 {{process}}"),
                Query(_quantile(0.95, RESPONSE), "p95 {{process}}"),
            ),
        ),
        Panel(
            "Tokens per request",
            "short",
            (
                Query(_mean(TOKENS_IN), "in {{process}}"),
                Query(_mean(TOKENS_OUT), "out {{process}}"),
            ),
        ),
        Panel(
            "API latency",
            "s",
            (
                Query(_quantile(0.95, MODEL), "language model p95 {{process}}"),
                Query(f"{GATEWAY}{CHOSEN}", "gateway {{process}}"),
            ),
        ),
        Panel(
            "Cache hit rate",
            "percentunit",
            (Query(f"{_rate(HITS)} / ({_rate(HITS)} + {_rate(MISSES)})"),),
        ),
        Panel("Messages per minute", "short", (Query(f"60 * {_rate(MESSAGES)}"),)),
        Panel(
            "Errors per minute",
            "short",
            (
                Query(f"60 * {_rate(CAUGHT)}", "caught {{process}}"),
                Query(f"60 * {_rate(ERRORS)}", "counted by the bot {{process}}"),
            ),
        ),
        Panel("Memory", "bytes", (Query(f"{MEMORY}{CHOSEN}"),)),
        Panel(
            "Event loop lag",
            "s",
            (
                Query(_quantile(0.99, LAG), "p99 {{process}}"),
                Query(f"{PREFIX}event_loop_lag_max_seconds{CHOSEN}", "max {{process}}"),
            ),
        ),
        Panel("Processor", "percentunit", (Query(f"{KNOWN['cpu_percent'].name}{CHOSEN}"),)),
        Panel(
            "Commands: calls per minute, mean and p95 in seconds",
            "short",
            (
                Query(f"60 * {_rate(f'{COMMAND}_count', 'command')}", "calls per minute"),
                Query(_mean(COMMAND, "command"), "mean"),
                Query(_quantile(0.95, COMMAND, "command"), "p95"),
            ),
            "table",
            width=12,
        ),
        Panel(
            "Latency of shards",
            "s",
            (Query(f"{PREFIX}shard_latency_seconds{CHOSEN}", "{{process}} {{shard}}"),),
        ),
        Panel(
            "Shards down",
            "short",
            (Query(f"sum by (process) (1 - {PREFIX}shard_up{CHOSEN})"),),
            "stat",
            width=4,
        ),
    ),
)
MODELS = Row(
    "Language models",
    (
        Panel(
            "Requests per minute",
            "short",
            (Query(f"60 * {_rate(f'{DURATION}_count', 'gen_ai_request_model')}", BY_MODEL),),
        ),
        Panel(
            "Duration, p95",
            "s",
            (Query(_quantile(0.95, DURATION, "gen_ai_request_model"), BY_MODEL),),
        ),
        Panel(
            "Time to first token, p95",
            "s",
            (Query(_quantile(0.95, FIRST, "gen_ai_request_model"), BY_MODEL),),
        ),
        Panel(
            "Tokens per minute",
            "short",
            (
                Query(
                    f"60 * {_rate(f'{USAGE}_sum', 'gen_ai_request_model, gen_ai_token_type')}",
                    f"{BY_MODEL} {{{{gen_ai_token_type}}}}",
                ),
            ),
        ),
        Panel(
            "Failed calls per minute",
            "short",
            (
                Query(
                    f"60 * {_rate(FAILURES, 'model')}",
                    "{{model}}",
                ),
            ),
        ),
        Panel(
            "Cost of the last day",
            "short",
            (Query(f"sum by (model) (increase({COST}_sum{CHOSEN}[1d]))", "{{model}}"),),
        ),
    ),
)
ROWS = (OVERVIEW, PERFORMANCE, MODELS)
