"""Model calls have the names of OpenTelemetry's conventions too."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from services.debugcog.metrics import MetricsService
from services.debugcog.prometheus.exposition import exposition
from services.debugcog.prometheus.source import Source

SECONDS = "0.01 0.02 0.04 0.08 0.16 0.32 0.64 1.28 2.56 5.12 10.24 20.48 40.96 81.92 +Inf"
TOKENS = "1 4 16 64 256 1024 4096 16384 65536 262144 1048576 4194304 16777216 67108864 +Inf"


def samples(metrics: MetricsService) -> Iterator[Sample]:
    body = exposition(Source(metrics=metrics, process="one"), "")[0].decode()
    for family in text_string_to_metric_families(body):
        if family.name.startswith("gen_ai"):
            yield from family.samples


def test_durations_and_tokens_are_counted_at_the_bounds_of_the_conventions() -> None:
    metrics = MetricsService(fold_interval=None)
    labels = {"model": "gpt-4o", "provider": "openai"}
    metrics.record("llm_generation", 2560, **labels)
    metrics.record("llm_time_to_first_token", 160, **labels)
    metrics.record("tokens_input", 4096, **labels)
    metrics.record("tokens_input", 4097, **labels)
    metrics.record("tokens_output", 16, **labels)
    found = {
        (sample.name, sample.labels.get("gen_ai_token_type"), sample.labels.get("le")): sample.value
        for sample in samples(metrics)
    }
    duration = "gen_ai_client_operation_duration_seconds"
    first = "gen_ai_client_operation_time_to_first_chunk_seconds"
    usage = "gen_ai_client_token_usage"

    assert [le for name, _, le in found if name == f"{duration}_bucket"] == SECONDS.split()
    assert [le for name, _, le in found if name == f"{first}_bucket"] == SECONDS.split()
    for token_type in ("input", "output"):
        bounds = [le for name, kind, le in found if (name, kind) == (f"{usage}_bucket", token_type)]
        assert bounds == TOKENS.split()
    assert found[f"{duration}_bucket", None, "1.28"] == 0
    assert found[f"{duration}_bucket", None, "2.56"] == 1
    assert found[f"{duration}_sum", None, None] == 2.56
    assert found[f"{first}_bucket", None, "0.16"] == 1
    assert found[f"{usage}_bucket", "input", "4096"] == 1
    assert found[f"{usage}_bucket", "input", "16384"] == 2
    assert found[f"{usage}_sum", "input", None] == 8193
    assert found[f"{usage}_count", "output", None] == 1


def test_the_labels_are_the_attributes_of_the_conventions() -> None:
    metrics = MetricsService(fold_interval=None)
    metrics.record("llm_generation", 900, model="gpt-4o", provider="openai", command="ask")
    metrics.record("llm_generation", 900, model="gpt-4o", provider="openai", command="say")
    metrics.record("llm_generation", 900, operation="embeddings")
    found = [
        (sample.labels, sample.value)
        for sample in samples(metrics)
        if sample.name.endswith("count")
    ]
    assert found == [
        (
            {
                "gen_ai_operation_name": "chat",
                "gen_ai_provider_name": "openai",
                "gen_ai_request_model": "gpt-4o",
                "process": "one",
            },
            2,
        ),
        (
            {
                "gen_ai_operation_name": "embeddings",
                "gen_ai_provider_name": "unknown",
                "gen_ai_request_model": "unknown",
                "process": "one",
            },
            1,
        ),
    ]


def test_a_bot_that_calls_no_model_has_none_of_these_names() -> None:
    assert list(samples(MetricsService(fold_interval=None))) == []
