"""Prompt → reply, by simulated services: LLM, TTS, user profiles, cache.

The services are pretend, their trouble is not: real waiting, real memory, real exceptions.
"""

from __future__ import annotations

import asyncio
import logging
import random

from debugcog import MetricsService, log_request, log_response, traced
from demo.weather import Weather

log = logging.getLogger("demo.chat")

MODEL = "stheno-3.2:latest"
MB = 1024 * 1024


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
        self._histories: list[bytearray] = []

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
        self._histories.append(bytearray(int(weather.leak_mb * MB)))
        return text

    @traced("ollama")
    async def _generate(self, prompt: str, weather: Weather) -> str:
        tokens = round(random.gauss(weather.tokens, weather.tokens / 10))
        self._metrics.increment("api_calls")
        log_request("LLM", model=MODEL, tokens=tokens, context=["User profile", "10 messages"])
        loop = asyncio.get_running_loop()
        began = loop.time()
        with self._metrics.timer("llm_generation"):
            await asyncio.sleep(weather.llm_seconds * random.lognormvariate(0, 0.3))
            if random.random() < weather.failing:
                raise LlmError(f"model {MODEL} did not answer: 503 from provider")
        text = f"That is a good question! You said: {prompt}"
        self._metrics.record("tokens_input", tokens)
        self._metrics.record("tokens_output", len(text.split()))
        log_response("LLM", seconds=loop.time() - began, tokens=len(text.split()), text=text)
        return text

    async def _speak(self, text: str, weather: Weather) -> None:
        try:
            await self._tts.synthesize(text, weather.failing / 2)
        except ConnectionError:
            log.exception("Failed to generate TTS:")
