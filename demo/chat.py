"""Prompt → reply, by simulated services: LLM, TTS, user profiles, cache.

The services are pretend, their trouble is not: real waiting, real memory, real exceptions.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass

from debugcog import MetricsService, log_request, log_response, traced
from demo.weather import Weather

log = logging.getLogger("demo.chat")

MB = 1024 * 1024
BLOCKING_SECONDS = 0.6


@dataclass(frozen=True, slots=True)
class Model:
    """A language model that the bot talks to.

    Attributes:
        name: as its provider calls it.
        provider: who runs it.
        first_share: part of the time of a request until the first token.
        cached_share: part of a prompt that the provider has in its cache.
    """

    name: str
    provider: str
    first_share: float
    cached_share: float

    @property
    def labels(self) -> dict[str, str]:
        """Return what its metrics are labelled with."""
        return {"model": self.name, "provider": self.provider}


MODELS = (
    Model("stheno-3.2:latest", "ollama", first_share=0.3, cached_share=0.0),
    Model("gpt-4o-mini", "openai", first_share=0.15, cached_share=0.5),
)
WEIGHTS = (3, 1)
"""How often each is asked."""


@dataclass(frozen=True, slots=True)
class History:
    """What a request leaves behind, and nobody asks for again: the bot's leak."""

    prompt: str
    audio: bytearray


class LlmError(RuntimeError):
    """The model's provider did not answer."""


class Tts:
    """Speaks replies."""

    def __init__(self, metrics: MetricsService) -> None:
        self._metrics = metrics

    @traced("tts")
    async def synthesize(self, text: str, failing: float) -> bytes:
        """Make audio of a text.

        Raises:
            ConnectionError: the voice service is away.
        """
        with self._metrics.timer("tts_generation"):
            await asyncio.sleep(random.uniform(0.05, 0.2))
            if random.random() < failing:
                raise ConnectionError("Failed to connect to RVC: connection refused")
            return text.encode()


class Profiles:
    """Looks users up, half the time in a cache."""

    def __init__(self, metrics: MetricsService) -> None:
        self._metrics = metrics
        self._cache: dict[int, str] = {}

    @traced("user_profiles")
    async def get_profile(self, user_id: int) -> str:
        """Return a user's profile."""
        if user_id in self._cache and random.random() < 0.8:
            self._metrics.increment("cache_hits")
            return self._cache[user_id]
        self._metrics.increment("cache_misses")
        await asyncio.sleep(0.01)
        return self._cache.setdefault(user_id, f"profile of {user_id}")


class Chat:
    """Answers people.

    Args:
        metrics: gets the numbers of each request.
    """

    def __init__(self, metrics: MetricsService) -> None:
        self._metrics = metrics
        self._profiles = Profiles(metrics)
        self._tts = Tts(metrics)
        self._histories: list[History] = []

    def clean_up(self) -> None:
        """Free what the requests kept."""
        self._histories.clear()

    async def reply(self, user_id: int, prompt: str, weather: Weather) -> str:
        """Answer a prompt, counting and timing what is done.

        Raises:
            LlmError: the model failed.
        """
        self._metrics.increment("messages_processed")
        log.info("Message: user_id=%d %d characters", user_id, len(prompt))
        with self._metrics.timer("total_response_time"):
            await self._profiles.get_profile(user_id)
            text = await self._generate(prompt, weather)
            await self._speak(text, weather)
        if random.random() < weather.blocking:
            self._archive()
        self._histories.append(History(prompt, bytearray(int(weather.leak_mb * MB))))
        return text

    def _archive(self) -> None:
        """Write to a database whose driver knows no asyncio: all of the bot waits for it."""
        time.sleep(BLOCKING_SECONDS)

    @traced("ollama")
    async def _generate(self, prompt: str, weather: Weather) -> str:
        (model,) = random.choices(MODELS, WEIGHTS)
        tokens = round(random.gauss(weather.tokens, weather.tokens / 10))
        self._metrics.increment("api_calls")
        log_request("LLM", model=model.name, tokens=tokens, context=["User profile", "10 messages"])
        loop = asyncio.get_running_loop()
        began = loop.time()
        with self._metrics.timer("llm_generation", **model.labels):
            await self._wait(model, weather)
        text = f"That is a good question! You said: {prompt}"
        self._metrics.record("tokens_input", tokens, **model.labels)
        self._metrics.record("tokens_cached", round(tokens * model.cached_share), **model.labels)
        self._metrics.record("tokens_output", len(text.split()), **model.labels)
        log_response("LLM", seconds=loop.time() - began, tokens=len(text.split()), text=text)
        return text

    async def _wait(self, model: Model, weather: Weather) -> None:
        """Wait for the first token, and then for the rest."""
        seconds = weather.llm_seconds * random.lognormvariate(0, 0.3)
        with self._metrics.timer("llm_time_to_first_token", **model.labels):
            await asyncio.sleep(seconds * model.first_share)
        await asyncio.sleep(seconds * (1 - model.first_share))
        if random.random() < weather.failing:
            raise LlmError(f"model {model.name} did not answer: 503 from provider")

    async def _speak(self, text: str, weather: Weather) -> None:
        try:
            await self._tts.synthesize(text, weather.failing / 2)
        except ConnectionError:
            log.exception("Failed to generate TTS:")
