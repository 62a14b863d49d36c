"""Simulated conditions of the demo bot's services: healthy, slow, failing, blocking, crashing."""

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
        blocking: share of requests that block the event loop, 0 to 1.
        crashes: whether the bot dies of it.
    """

    announcement: str
    llm_seconds: float
    tokens: int
    failing: float
    leak_mb: float
    blocking: float = 0.0
    crashes: bool = False


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
    "blocking": Weather(
        "The database's driver blocks: one request in ten holds up the whole bot for 0.6 s.",
        *(0.6, 1400, 0.0, 0.02),
        blocking=0.1,
    ),
    "crashing": Weather(
        "A library of the bot crashes now. The bot is started again, as a hosting panel would.",
        *(0.6, 1400, 0.0, 0.02),
        crashes=True,
    ),
}
