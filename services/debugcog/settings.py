"""Environment, .env file and defaults → one frozen Settings, or one error listing all problems."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dotenv

from services.debugcog.redaction.redactor import redact
from services.debugcog.setting_kinds import (
    FLAG,
    ID,
    ID_OR_OWNER,
    IDS,
    PATH,
    TEXT,
    Kind,
    number,
    one_of,
    url,
    whole,
)

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _key(default: Any, kind: Kind, doc: str, *, secret: bool = False) -> Any:
    metadata = {"kind": kind, "doc": doc, "secret": secret}
    return dataclasses.field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True, slots=True, kw_only=True)
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

    dashboard_enabled: bool = _key(False, FLAG, "Reserved for the web dashboard, not built yet.")
    dashboard_port: int = _key(5000, whole(1, 65535), "Port of the web dashboard.")
    dashboard_host: str = _key("0.0.0.0", TEXT, "Address of the web dashboard.")  # noqa: S104 - nothing listens yet

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

    alert_channel_id: int | None = _key(None, ID, "Channel that gets alerts and error reports.")
    alert_fallback_channel_id: int | None = _key(
        None,
        ID_OR_OWNER,
        "Channel that gets them while the first one cannot be written; owner: a direct message.",
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
        "Memory of the process that triggers a warning (1 MB = 1024² bytes).",
    )
    memory_critical_mb: float = _key(
        2048.0,
        number(1, 1e8),
        "Memory of the process that counts as critical (1 MB = 1024² bytes).",
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

    @property
    def is_debug(self) -> bool:
        """Whether the bot starts in debug mode: by DEBUG_MODE, or by LOG_LEVEL=DEBUG."""
        return self.debug_mode or self.log_level == "DEBUG"


FIELDS: Mapping[str, dataclasses.Field[Any]] = {
    field.name.upper(): field for field in dataclasses.fields(Settings) if field.metadata
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One key whose value is not allowed; ``shown`` is the value, masked when it is a secret."""

    key: str
    shown: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.key}={self.shown}: expected {self.allowed}"


class SettingsError(ValueError):
    """Some values are not allowed; ``problems`` has them all, the text misspelt keys as well."""

    def __init__(
        self, problems: tuple[Problem, ...], misspelt: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.problems = problems
        lines = "".join(f"\n  {problem}" for problem in problems)
        lines += "".join(f"\n  {wrong} is not known: {right}?" for wrong, right in misspelt)
        super().__init__(f"{len(problems)} bad setting{'s'[: len(problems) > 1]}:{lines}")


def load(
    environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")
) -> Settings:
    """Read the settings; the environment wins over ``env_file``, which wins over the defaults.

    An empty value counts as not set.

    Raises:
        SettingsError: listing every bad value.
    """
    texts = given(environ, env_file)
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, field in FIELDS.items():
        text = texts.get(key, "").strip()
        if not text:
            continue
        try:
            values[field.name] = field.metadata["kind"].parse(text)
        except ValueError:
            shown = "*****" if field.metadata["secret"] else repr(redact(text)[:80])
            problems.append(Problem(key, shown, field.metadata["kind"].allowed))
    settings = Settings(**values, looked_for=_places(env_file))
    bad = {problem.key for problem in problems}
    problems += _disordered(settings, bad) + _shared_file(settings, bad)
    if problems:
        raise SettingsError(tuple(problems), misspelt(environ, env_file))
    return settings


def misspelt(
    environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")
) -> tuple[tuple[str, str], ...]:
    """Find keys that look like a misspelt one of ours: pairs of (what stands there, right name)."""
    pairs = []
    for key in sorted(given(environ, env_file)):
        if key in FIELDS:
            continue
        near = difflib.get_close_matches(key.upper(), FIELDS, n=1, cutoff=0.88)
        if near:
            pairs.append((key, near[0]))
    return tuple(pairs)


def given(
    environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")
) -> dict[str, str]:
    """Return every key of ``env_file`` and the environment that is not empty, ours or not.

    Raises:
        SettingsError: the file is no text.
    """
    try:
        from_file = dotenv.dotenv_values(env_file, interpolate=False) if env_file else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError((Problem(str(env_file), repr(str(error)), "a UTF-8 text"),)) from error
    both = {**from_file, **(os.environ if environ is None else environ)}
    filled = {key: value or from_file.get(key) for key, value in both.items()}
    return {key: value for key, value in filled.items() if value}


def _places(env_file: Path | None) -> str:
    """Name the places where settings are looked for; the bot may run in another directory."""
    if env_file is None:
        return "the environment"
    place = env_file.absolute()
    return f"the environment and {place}{'' if place.is_file() else ', which is not there'}"


def _disordered(settings: Settings, bad: Collection[str]) -> list[Problem]:
    """A critical threshold below its warning would never warn first: refuse the pair."""
    problems = []
    for key in FIELDS:
        if "_CRITICAL" not in key:
            continue
        warning_key = key.replace("_CRITICAL", "_WARNING")
        if {key, warning_key} & set(bad):
            continue  # it stands for its default only
        critical = getattr(settings, key.lower())
        warning = getattr(settings, warning_key.lower())
        if critical < warning:
            allowed = f"a number that is not below {warning_key}={warning:g}"
            problems.append(Problem(key, repr(f"{critical:g}"), allowed))
    return problems


def _shared_file(settings: Settings, bad: Collection[str]) -> list[Problem]:
    """A log that is written into the state file would destroy it."""
    log, state = settings.log_file_path, settings.state_path
    same = Path(os.path.realpath(log)) == Path(os.path.realpath(state))
    if not same or {"LOG_FILE_PATH", "STATE_PATH"} & set(bad):
        return []
    allowed = f"a path of another file than LOG_FILE_PATH={redact(str(log))[:80]}"
    return [Problem("STATE_PATH", repr(redact(str(state))[:80]), allowed)]
