"""Tables of the documents say what the code says."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import debugcog
from cogs.debug.app.state_tables import SCHEMAS
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.rules import Level, Rule
from services.debugcog.metrics import MetricsService
from services.debugcog.outbox.outcomes import REFUSING, Outcome
from services.debugcog.prometheus.genai import CONVENTIONS
from services.debugcog.prometheus.names import KNOWN, OWN, PREFIX
from services.debugcog.settings import Settings
from services.debugcog.state import state_file
from services.debugcog.timeseries.metric_names import COUNTERS, TIMINGS, VALUES
from services.debugcog.timeseries.series import TIERS
from services.debugcog.units import duration, write
from tests.docs.documents import ROOT, codes, table
from tests.hosts.installed import output_of, written


def test_the_state_files_tables_have_these_columns() -> None:
    connection = sqlite3.connect(":memory:")
    for schema in (*state_file.SCHEMAS, *SCHEMAS):
        connection.executescript(schema)
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    columns = {
        name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
        for (name,) in connection.execute(names).fetchall()
    }
    connection.close()
    told = {codes(row[0])[0]: codes(row[1]) for row in table("docs/architecture.md", "table")}
    assert told == columns


def test_the_rules_have_these_thresholds_and_durations() -> None:
    told = {codes(row[0])[0]: row[2:] for row in table("docs/alerts.md", "rule")}
    assert told == {rule.name: _cells(rule) for rule in default_rules(Settings())}


def _cells(rule: Rule) -> list[str]:
    levels = [level for level in (rule.warning, rule.critical) if level]
    unit = rule.unit
    return [
        *(_written(level.enter, unit) for level in levels),
        _both(levels, lambda level: _written(level.clear, unit)),
        _both(levels, lambda level: duration(level.for_seconds)),
        duration(rule.keep_firing_for),
    ]


def _written(value: float, unit: str) -> str:
    return write(round(value, 6), unit)


def _both(levels: list[Level], text: Callable[[Level], str]) -> str:
    return ", ".join(text(level) for level in levels)


def test_the_families_for_prometheus_are_these() -> None:
    rows = [row for row in table("docs/monitoring.md", "family") if len(row) == 4]
    told = {codes(family)[0]: (kind, codes(source)) for family, kind, source, _ in rows}
    made = {
        f"{export.name}{'_total' * (export.kind == 'counter')}": (export.kind, [name])
        for name, export in KNOWN.items()
    }
    own = {name.removesuffix("_total") for name in told} - {
        name.removesuffix("_total") for name in made
    }
    assert {name: told[name] for name in made} == made
    assert own == {PREFIX + name for name in OWN}


def test_model_calls_have_the_names_of_the_conventions() -> None:
    rows = [row for row in table("docs/monitoring.md", "family") if len(row) == 2]
    told = {codes(family)[0]: codes(source) for family, source in rows}
    made: dict[str, list[str]] = {}
    for name, convention in CONVENTIONS.items():
        made.setdefault(convention.export.name, []).append(name)
    assert told == made


def test_the_known_names_of_metrics_are_these() -> None:
    kinds = {"timer": TIMINGS, "counter": COUNTERS, "value": VALUES}
    told: dict[str, list[str]] = {kind: [] for kind in kinds}
    for name, kind, *_ in table("docs/metrics.md", "name"):
        told[kind] += codes(name)
    assert {kind: sorted(names) for kind, names in told.items()} == {
        kind: sorted(names) for kind, names in kinds.items()
    }


def test_the_windows_are_these() -> None:
    widths = {10.0: "10 s", 60.0: "1 min", 600.0: "10 min", 3600.0: "1 h"}
    assert table("docs/metrics.md", "bucket") == [
        [widths[width], duration(span), duration(span)] for width, span in TIERS
    ]


def test_a_copy_of_two_folders_has_these_modules_with_everything_that_is_public(
    tmp_path: Path,
) -> None:
    named = {codes(row[0])[0]: codes(row[1]) for row in table("docs/api.md", "module")}
    named["services.debugcog.settings"].remove("load_settings")
    names = sorted(name for names in named.values() for name in names)
    public = {*debugcog.__all__, "load"} - {"setup", "load_settings"}
    assert names == sorted(public)
    for folder in ("cogs/debug", "services/debugcog"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    imports = [f"from {module} import {', '.join(names)}" for module, names in named.items()]
    program = "\n".join([*imports, "print('[]')"])
    assert output_of(written(tmp_path, {"bot.py": program})) == []


def test_get_stats_has_these_keys() -> None:
    metrics = MetricsService(fold_interval=None)
    metrics.increment("own_counter")
    keys = set(metrics.get_stats())
    figures = ("avg", "p50", "p95", "p99", "failed")
    named = {
        *(f"{figure}_{name}" for figure in figures for name in (*TIMINGS, *VALUES)),
        *(f"{figure}_response_time" for figure in figures),
        *COUNTERS,
        "own_counter",
    }
    rows = [code for row in table("docs/metrics.md", "key") for code in codes(row[0])]
    assert keys == named | {code for code in rows if "<" not in code}
    assert {code for code in rows if "<" in code} == {
        *(f"{figure}_<name>" for figure in figures),
        "<counter>",
    }


def test_every_outcome_of_a_request_has_a_row() -> None:
    rows = table("docs/alerts.md", "what Discord answers")
    together = ({Outcome.UNREACHABLE, Outcome.UNSURE}, REFUSING)
    assert len(rows) == len(Outcome) - sum(len(outcomes) - 1 for outcomes in together)
