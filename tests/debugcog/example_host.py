"""A host that uses all of the public API, for a type checker; every name has its exact type."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from queue import Queue
from typing import assert_type

import discord
from discord.ext import commands

import debugcog
from debugcog import (
    Conversation,
    Message,
    MetricsService,
    Page,
    RecentInteraction,
    Rule,
    Settings,
    SettingsError,
    Snapshot,
    Summary,
    UserProfile,
    UserProvider,
    UserQuery,
    load_settings,
    log_request,
    log_response,
    metrics_of,
    rule,
    setup_logging,
    traced,
    use_endpoints,
)


class Users:
    """A provider of a host's, derived from nothing."""

    async def profiles(self, query: UserQuery) -> Page[UserProfile]:
        """List one user."""
        assert_type(query.search, str)
        assert_type(query.descending, bool)
        return Page([await self.profile("7")], 1)

    async def profile(self, user_id: str) -> UserProfile:
        """Return one user."""
        done = RecentInteraction(at=0.0, text="/ask")
        return UserProfile(id=user_id, name="ann", affection=0.5, interactions=[done])

    async def conversations(self, user_id: str, offset: int, limit: int) -> Page[Conversation]:
        """List one conversation."""
        return Page((Conversation(id="1", title="Monads", messages=1),), 1)

    async def messages(
        self, user_id: str, conversation_id: str, offset: int, limit: int
    ) -> Page[Message]:
        """List one message."""
        return Page([Message(at=0.0, author="ann", text="Hello")], 1)


class ExampleBot(commands.AutoShardedBot):
    """It hands over a service, a rule and a gauge, and records what it does."""

    def __init__(self, jobs: Queue[str]) -> None:
        super().__init__("!", intents=discord.Intents.default())
        self.jobs = jobs
        debugcog.configure(
            self,
            metrics=MetricsService(max_label_sets=20),
            rules=[rule("jobs", gauge="jobs", warning=100, critical=500), slow("llm_generation")],
            gauges={"jobs": jobs.qsize},
            users=Users(),
        )
        self.provider: UserProvider = Users()

    async def setup_hook(self) -> None:
        """Load the cog."""
        await self.load_extension("debugcog")

    async def on_message(self, message: discord.Message) -> None:
        """Count and time."""
        metrics = assert_type(metrics_of(self), MetricsService)
        metrics.increment("messages_processed")
        with metrics.timer("total_response_time", channel=message.channel.id):
            assert_type(await answer(message.content), str)


def slow(name: str) -> Rule:
    """Make a rule of a function that reads a snapshot."""

    def read(snapshot: Snapshot) -> float:
        summary = assert_type(snapshot.series[name], Summary)
        return assert_type(summary.p95, float)

    return assert_type(rule("slow", read, warning=8000, unit="ms"), Rule)


@traced("llm")
async def answer(text: str) -> str:
    """Answer, with the blocks of debug mode."""
    log_request(model="small", tokens=len(text), context=["10 messages"])
    log_response(seconds=1.5, tokens=2, text="42")
    return "42"


def settings_of(folder: Path) -> Settings:
    """Read the settings of a folder, or the defaults where they are bad."""
    try:
        return assert_type(load_settings(env_file=folder / ".env"), Settings)
    except SettingsError as error:
        keys = [problem.key for problem in error.problems]
        assert_type(keys, list[str])
        return Settings(log_level="WARNING")


def main() -> None:
    """Run the bot with the log of the cog."""
    settings = settings_of(Path())
    use_endpoints(settings)
    logs = setup_logging(settings, console=False)
    assert_type(logs.flush(1.0), bool)
    logs.close()
    own: Callable[[commands.Bot], Awaitable[None]] = debugcog.setup
    assert own is debugcog.setup
    assert_type(debugcog.__version__, str)
