"""Settings: every key with its default, what it may be and what it does; frozen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.debugcog.frozen import frozen
from services.debugcog.setting_kinds import (
    FLAG,
    ID,
    ID_OR_OWNER,
    IDS,
    PATH,
    PATH_OR_JSON,
    PORT,
    TEXT,
    Kind,
    number,
    one_of,
    url,
    whole,
)

ENV_FILE = ".env"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _key(default: Any, kind: Kind, doc: str, *, secret: bool = False) -> Any:
    metadata = {"kind": kind, "doc": doc, "secret": secret}
    return dataclasses.field(default=default, metadata=metadata, repr=not secret)


@frozen(kw_only=True)
class Settings:
    """Every setting of DebugCog; a field's name in capitals is its key in the environment.

    Their groups are the sections of docs/settings.md.
    """

    log_level: str = _key("INFO", one_of(*LEVELS), "Lowest level that is written.")
    log_to_file: bool = _key(True, FLAG, "Write the log to LOG_FILE_PATH.")
    log_file_path: Path = _key(Path("logs/bot.log"), PATH, "The log file.")
    log_max_bytes: int = _key(
        10_485_760, whole(1024, 2**40), "Size in bytes at which the log file rotates."
    )
    log_backup_count: int = _key(5, whole(0, 1000), "Rotated log files that are kept.")

    metrics_enabled: bool = _key(True, FLAG, "Collect metrics and evaluate the alert rules.")
    metrics_collection_interval: float = _key(
        60.0, number(0.1, 3600), "Seconds between samples of the process and of gauges."
    )
    llm_prices: str = _key(
        "", PATH_OR_JSON, "Prices of models, for costs: JSON, or the path of a JSON or TOML file."
    )

    process_name: str = _key(
        "",
        TEXT,
        "Name of this process among several of one bot, for Prometheus; by its shards if empty.",
    )

    dashboard_enabled: bool = _key(False, FLAG, "Serve the web dashboard.")
    dashboard_port: int = _key(
        5000, whole(0, 65535), "Port of the web dashboard; 0 takes a free one, which the log names."
    )
    dashboard_host: str = _key(
        "0.0.0.0",  # noqa: S104 - without a token only this machine is served
        TEXT,
        "Address on which it listens; without DASHBOARD_TOKEN always 127.0.0.1.",
    )
    dashboard_token: str = _key(
        "",
        TEXT,
        "Password of the dashboard and bearer of /metrics, 24 characters or more.",
        secret=True,
    )
    dashboard_public_url: str = _key(
        "",
        url("http", "https"),
        "URL of the dashboard behind a proxy, e.g. https://bot.example.org.",
    )
    dashboard_conversations: bool = _key(
        True, FLAG, "Show the messages of conversations that your user provider gives."
    )
    metrics_port: int | None = _key(
        None, PORT, "Port of /metrics alone, for Prometheus, where the dashboard is off."
    )
    heartbeat_url: str = _key(
        "",
        url("http", "https"),
        "URL that is called every minute while the bot is well, such as a Healthchecks ping.",
        secret=True,
    )

    debug_mode: bool = _key(False, FLAG, "Start in debug mode: DEBUG level, strict metrics.")
    verbose_logging: bool = _key(False, FLAG, "Let noisy libraries log below WARNING.")

    discord_token: str = _key(
        "", TEXT, "Token of the bot, for python -m cogs.debug and your own code.", secret=True
    )
    discord_api_base: str = _key(
        "", url("http", "https"), "REST API behind a proxy, e.g. http://127.0.0.1:8080/api/v10."
    )
    discord_gateway_url: str = _key(
        "", url("ws", "wss"), "Gateway behind a proxy, e.g. ws://127.0.0.1:8080/."
    )

    debug_guild_ids: frozenset[int] = _key(
        frozenset(), IDS, "Servers in which /debug is registered and answers."
    )
    debug_admin_user_ids: frozenset[int] = _key(
        frozenset(), IDS, "Users who may use /debug, besides the bot's owner or team."
    )
    debug_admin_role_ids: frozenset[int] = _key(
        frozenset(), IDS, "Roles that may use /debug in DEBUG_GUILD_IDS."
    )

    debug_in_dm: bool = _key(
        False, FLAG, "Let the owner and DEBUG_ADMIN_USER_IDS use /debug in a direct message."
    )

    alert_channel_id: int | None = _key(None, ID, "Channel that gets alerts and error reports.")
    alert_fallback_channel_id: int | None = _key(
        None,
        ID_OR_OWNER,
        "Channel that gets them while the first one cannot be written; owner: a direct message.",
    )
    error_forum_id: int | None = _key(
        None, ID, "Forum in which each error group gets a post, instead of the alert channel."
    )
    alert_ping_role_id: int | None = _key(None, ID, "Role that a critical alert mentions.")
    alert_interval_seconds: float = _key(
        15.0, number(0.05, 300), "Seconds between two evaluations of the alert rules."
    )
    alert_time_scale: float = _key(
        1.0,
        number(0.001, 10),
        "Factor on every duration of the alert rules; below 1 for a rehearsal.",
    )

    response_time_warning_ms: float = _key(
        3000.0, number(1, 1e7), "Average response time that triggers a warning (milliseconds)."
    )
    response_time_critical_ms: float = _key(
        5000.0, number(1, 1e7), "Average response time that counts as critical (milliseconds)."
    )
    tokens_target: float = _key(
        2500.0,
        number(1, 1e9),
        "Input tokens of one request above which the log warns of a large context.",
    )
    tokens_warning: float = _key(
        3500.0, number(1, 1e9), "Average input tokens per request that trigger a warning."
    )
    tokens_critical: float = _key(
        5000.0, number(1, 1e9), "Average input tokens per request that count as critical."
    )
    memory_warning_mb: float = _key(
        1536.0,
        number(1, 1e8),
        "Memory of the process that triggers a warning (1 MB = 1024² bytes);"
        " by default, never more than 80% of what a container or machine has.",
    )
    memory_critical_mb: float = _key(
        2048.0,
        number(1, 1e8),
        "Memory of the process that counts as critical (1 MB = 1024² bytes);"
        " by default, never more than 95% of what a container or machine has.",
    )
    error_rate_warning_percent: float = _key(
        2.0, number(0.001, 100), "Errors per 100 messages that trigger a warning."
    )
    error_rate_critical_percent: float = _key(
        5.0, number(0.001, 100), "Errors per 100 messages that count as critical."
    )
    event_loop_lag_warning_ms: float = _key(
        500.0, number(1, 1e7), "Lag of the event loop that triggers a warning (milliseconds)."
    )
    event_loop_lag_critical_ms: float = _key(
        3000.0, number(1, 1e7), "Lag of the event loop that counts as critical (milliseconds)."
    )
    gateway_down_warning_seconds: float = _key(
        60.0, number(1, 1e6), "Seconds without Discord's gateway that trigger a warning."
    )
    gateway_down_critical_seconds: float = _key(
        300.0, number(1, 1e6), "Seconds without Discord's gateway that count as critical."
    )

    release: str = _key(
        "",
        TEXT,
        "Version of your bot: errors carry it, and 'Resolve in next release' waits for another.",
    )

    state_path: Path = _key(
        Path("logs/debugcog.sqlite3"), PATH, "SQLite file with history, incidents and errors."
    )

    looked_for: str = dataclasses.field(default="the environment", compare=False, repr=False)
    """Where the settings were looked for, in words; no setting itself."""

    service_links: tuple[str, ...] = dataclasses.field(default=(), compare=False, repr=False)
    """Keys of ports that Kubernetes has set to an address, which is ignored; no setting itself."""

    folder: Path = dataclasses.field(default=Path(), compare=False, repr=False)
    """Folder in which the bot ran when they were read: it may go to another; no setting itself."""

    @property
    def log_file(self) -> Path:
        """Path of the log file from the root, once the settings were read."""
        return self.folder / self.log_file_path

    @property
    def state_file(self) -> Path:
        """Path of the state file from the root, once the settings were read."""
        return self.folder / self.state_path

    @property
    def env_file(self) -> Path:
        """Path of the ``.env`` file from the root, once the settings were read."""
        return self.folder / ENV_FILE

    @property
    def is_debug(self) -> bool:
        """Whether the bot starts in debug mode: by DEBUG_MODE, or by LOG_LEVEL=DEBUG."""
        return self.debug_mode or self.log_level == "DEBUG"


FIELDS: Mapping[str, dataclasses.Field[Any]] = {
    field.name.upper(): field for field in dataclasses.fields(Settings) if field.metadata
}
