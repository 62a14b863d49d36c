"""Simulated conditions of the demo bot's services: healthy, slow, failing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weather:
    """How the services behave.

    Attributes:
        announcement: what the bot answers when this begins.
        llm_seconds: typical time of the model.
        tokens: typical size of a prompt.
        failing: share of requests that fail, 0 to 1.
        leak_mb: memory that each request keeps until the weather changes.
    """

    announcement: str
    llm_seconds: float
    tokens: int
    failing: float
    leak_mb: float


WEATHERS = {
    "healthy": Weather(
        "The services are healthy: the model answers in about 0.6 s.", 0.6, 1400, 0.0, 0.02
    ),
    "slow": Weather(
        "The model is slow: it takes about 6 s, prompts are large, and each leaks memory.",
        *(6.0, 3400, 0.0, 0.5),
    ),
    "failing": Weather(
        "The services fail: one request in five gets no answer from the model.",
        *(0.9, 1500, 0.2, 0.02),
    ),
}
