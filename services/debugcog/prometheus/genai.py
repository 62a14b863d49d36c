"""Model calls → OpenTelemetry's names of them, as its conventions for generative AI have them.

A board that is made for these names shows this bot too. Their attributes are labels in Prometheus,
with ``_`` for ``.``. What ``error.type`` is of a single duration is not known, so it is left out;
failures are counted in ``discord_bot_llm_generation_failures_total``.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.debugcog.frozen import frozen
from services.debugcog.prometheus.labels import Labels
from services.debugcog.prometheus.names import PER_SECOND, Export
from services.debugcog.timeseries.bounds import GEN_AI_SECONDS, GEN_AI_TOKENS

ATTRIBUTES: Mapping[str, tuple[str, str]] = {
    "operation": ("gen_ai_operation_name", "chat"),
    "provider": ("gen_ai_provider_name", "unknown"),
    "model": ("gen_ai_request_model", "unknown"),
}
"""A host's label → label of the conventions, and its value where the host does not tell it."""


@frozen
class Convention:
    """How one of our metrics is named by the conventions.

    Attributes:
        export: the family, which two of our metrics may share.
        token_type: value of ``gen_ai_token_type``; empty where the family has no such label.
    """

    export: Export
    token_type: str = ""


_USAGE = Export(
    "gen_ai_client_token_usage",
    "histogram",
    "Number of input and output tokens used.",
    bounds=GEN_AI_TOKENS,
)


def _duration(stem: str, help_text: str) -> Export:
    return Export(stem, "histogram", help_text, "seconds", PER_SECOND, GEN_AI_SECONDS)


CONVENTIONS: Mapping[str, Convention] = {
    "llm_generation": Convention(
        _duration("gen_ai_client_operation_duration", "GenAI operation duration.")
    ),
    "llm_time_to_first_token": Convention(
        _duration("gen_ai_client_operation_time_to_first_chunk", "Time to receive the first chunk.")
    ),
    "tokens_input": Convention(_USAGE, "input"),
    "tokens_output": Convention(_USAGE, "output"),
}


def attributes(token_type: str, labels: Labels) -> Labels:
    """Name a label set as the conventions do; labels that they do not have are left out."""
    given = dict(labels)
    named = {name: given.get(ours, default) for ours, (name, default) in ATTRIBUTES.items()}
    if token_type:
        named["gen_ai_token_type"] = token_type
    return tuple(sorted(named.items()))
