"""Environment, .env file and defaults → one frozen Settings, or one error listing all problems."""

from __future__ import annotations

import functools
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal

from services.debugcog import near_names, setting_file
from services.debugcog.frozen import frozen
from services.debugcog.redaction import values as redaction_values
from services.debugcog.redaction.redactor import redact
from services.debugcog.setting_keys import FIELDS, LEVELS, Settings
from services.debugcog.wording import clip, counted

__all__ = ["FIELDS", "LEVELS", "Problem", "Settings", "SettingsError", "given", "load", "misspelt"]

SHOWN_MAX = 80  # characters of a value that is wrong
NEAR = 0.88
"""How much of a key and one of ours has to be the same for the key to be a misspelling of it."""

LINK_SCHEMES = ("tcp://", "udp://", "sctp://")


@frozen
class Problem:
    """One key whose value is not allowed; ``shown`` is the value, masked when it is a secret."""

    key: str
    shown: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.key}={self.shown}: expected {self.allowed}"


@frozen
class Origin:
    """Where a key has its text from; the text may be a secret."""

    place: Literal["environment", "file"]
    text: str


class SettingsError(ValueError):
    """Some values are not allowed; ``problems`` has them all, the text misspelt keys as well."""

    def __init__(
        self, problems: tuple[Problem, ...], misspelt: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.problems = problems
        lines = "".join(f"\n  {problem}" for problem in problems)
        lines += "".join(f"\n  {one} is not known; did you mean {near}?" for one, near in misspelt)
        super().__init__(f"{counted(len(problems), 'bad setting')}:{lines}")


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
            shown = "*****" if field.metadata["secret"] else repr(clip(redact(text), SHOWN_MAX))
            problems.append(Problem(key, shown, field.metadata["kind"].allowed))
    links = service_links(environ)
    settings = Settings(
        **values, looked_for=_places(env_file), folder=Path.cwd(), service_links=links
    )
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
        near = near_names.near_names(key.upper(), alike, 1, NEAR) if (alike := _alike(key)) else ()
        if near:
            pairs.append((key, near[0]))
    return tuple(pairs)


def _alike(key: str) -> list[str]:
    """List the names that may be near; of the others too many characters are in one only.

    A load asks this of every variable of the environment, so the cheapest look is the first.
    """
    text, size, found = key.upper(), len(key), []
    letters = _letters(text)
    for length, names in _by_length().items():
        most = (1 - NEAR) * (size + length)
        if abs(size - length) <= most:
            found += [
                name
                for name, its_letters in names
                if (letters ^ its_letters).bit_count() <= most and _differing(text, name) <= most
            ]
    return found


def _differing(one: str, other: str) -> int:
    """Count the characters that are in one of them only."""
    return sum(abs(one.count(each) - other.count(each)) for each in {*one, *other})


@functools.cache
def _by_length() -> Mapping[int, list[tuple[str, int]]]:
    """Map lengths to the names that have them, with their characters."""
    found: dict[int, list[tuple[str, int]]] = {}
    for name in FIELDS:
        found.setdefault(len(name), []).append((name, _letters(name)))
    return found


def _letters(text: str) -> int:
    """Return a number whose bits say which characters are used; few of them share a bit."""
    found = 0
    for one in text:
        found |= 1 << (ord(one) & 127)
    return found


def secret_values(settings: Settings) -> tuple[str, ...]:
    """List the secret settings as a redactor has to know them, whatever their keys are called.

    Of an address, urllib3 and the like log the path apart from its host: one with something random
    in it is a secret by itself.
    """
    found = []
    secrets = (getattr(settings, one.name) for one in FIELDS.values() if one.metadata["secret"])
    for value in filter(None, secrets):
        before, _, _ = value.partition("?")
        _, sign, rest = before.partition("://")
        path = rest[rest.find("/") :] if "/" in rest else ""
        found += [value] if sign or not redaction_values.is_common(value) else []
        found += [before, path] if sign and not redaction_values.is_place(path) else []
    return tuple(found)


def given(
    environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")
) -> dict[str, str]:
    """Return every key of ``env_file`` and the environment that is not empty, ours or not.

    Raises:
        SettingsError: the file is no text.
    """
    try:
        is_there = env_file is not None and env_file.exists()
        from_file = setting_file.texts_of(env_file) if env_file and is_there else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError((Problem(str(env_file), repr(str(error)), "a UTF-8 text"),)) from error
    links = service_links(environ)
    both = {**from_file, **(os.environ if environ is None else environ), **dict.fromkeys(links)}
    filled = {key: value or from_file.get(key) for key, value in both.items()}
    return {key: value for key, value in filled.items() if value}


def service_links(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """List our ports that are addresses: Kubernetes sets one for each Service, by its name."""
    texts = os.environ if environ is None else environ
    return tuple(
        key
        for key in FIELDS
        if key.endswith("_PORT") and texts.get(key, "").startswith(LINK_SCHEMES)
    )


def origins(
    environ: Mapping[str, str] | None = None, env_file: Path = Path(".env")
) -> dict[str, Origin]:
    """Return where each of our keys that is set has its text from, as it is now.

    A text that stands in both is the file's: hosts read it into the environment themselves.

    Raises:
        SettingsError: the file is no text.
    """
    from_file = given({}, env_file)
    both = given(environ, env_file)
    return {
        key: Origin("file" if from_file.get(key) == both[key] else "environment", both[key].strip())
        for key in FIELDS
        if both.get(key, "").strip()
    }


def strange(env_file: Path = Path(".env")) -> tuple[str, ...]:
    """List keys of the file that begin as ours do, and are none: they may be the host's own.

    Raises:
        SettingsError: the file is no text.
    """
    ours = tuple({f"{key.partition('_')[0]}_" for key in FIELDS})
    found = (key for key in given({}, env_file) if key not in FIELDS)
    return tuple(sorted(key for key in found if key.startswith(ours)))


def shadowed(
    environ: Mapping[str, str] | None = None, env_file: Path = Path(".env")
) -> tuple[str, ...]:
    """List our keys in ``env_file`` that have no effect: the environment has another value.

    Raises:
        SettingsError: the file is no text.
    """
    from_file, from_both = given({}, env_file), origins(environ, env_file)
    return tuple(
        key for key, origin in from_both.items() if origin.place != "file" and key in from_file
    )


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
    allowed = f"a path of another file than LOG_FILE_PATH={clip(redact(str(log)), SHOWN_MAX)}"
    return [Problem("STATE_PATH", repr(clip(redact(str(state)), SHOWN_MAX)), allowed)]
