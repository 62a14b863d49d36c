"""Settings, environment and .env file → ConfigAnswer: what is in force, and where it is from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from services.debugcog import settings as configuration
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen
from services.debugcog.levels import Override
from services.debugcog.setting_warnings import setting_warnings
from services.debugcog.settings import FIELDS, Origin, Settings, SettingsError
from services.debugcog.units import human

Place = Literal["environment", "file", "default"]
MASKED, UNSET = "*****", ""
STRANGE_MAX = 20
Redact = Callable[[str], str]


@frozen
class SettingLine:
    """One setting as it is in force.

    Attributes:
        key: its name in the environment.
        value: in words, redacted; masked where it is a secret; empty where it is not set.
        default: in words; empty where there is none.
        place: where it is from.
        changed: whether that place has another value by now, which a restart would take.
        doc: what it does.
    """

    key: str
    value: str
    default: str
    place: Place
    changed: bool
    doc: str


@frozen
class ThresholdChange:
    """Thresholds of a rule that were changed at runtime, in words: before, and now."""

    title: str
    before: str
    now: str


@frozen
class ConfigAnswer:
    """What is in force.

    Attributes:
        lines: those that are set first, then the defaults.
        file: path of the ``.env`` file.
        is_there: whether that file is.
        warnings: sentences about what is probably not as it was meant.
        strange: keys of the file that begin as ours do, and are none.
        levels: of loggers, that were changed at runtime.
        thresholds: of rules, that were changed at runtime.
    """

    lines: tuple[SettingLine, ...]
    file: str
    is_there: bool
    warnings: tuple[str, ...]
    strange: tuple[str, ...]
    levels: tuple[Override, ...]
    thresholds: tuple[ThresholdChange, ...]


def config(
    settings: Settings,
    misspelt: Sequence[tuple[str, str]],
    rules: Iterable[RuleStatus],
    levels: Sequence[Override],
    redact: Redact,
    file: Path,
) -> ConfigAnswer:
    """Read environment and file anew, which may take a disk: not on the event loop.

    Args:
        settings: in force.
        misspelt: pairs of a key that is not known and the one that was probably meant.
        rules: with their thresholds.
        levels: changed at runtime.
        redact: every text of the host's goes through it.
        file: the ``.env`` file.
    """
    warnings = setting_warnings(settings, misspelt)
    try:
        origins, strange = configuration.origins(env_file=file), configuration.strange(file)
    except SettingsError as error:
        origins, strange = {}, ()
        warnings.append(f"Where settings are from is not known: {redact(str(error))}")
    lines = [_line(settings, key, origins.get(key), redact) for key in FIELDS]
    wrong = {key for key, _ in misspelt}
    return ConfigAnswer(
        lines=tuple(sorted(lines, key=lambda one: one.place == "default")),
        file=redact(str(file.absolute())),
        is_there=file.is_file(),
        warnings=tuple(redact(text) for text in warnings),
        strange=tuple(key for key in strange if key not in wrong)[:STRANGE_MAX],
        levels=tuple(levels),
        thresholds=tuple(filter(None, map(_threshold, rules))),
    )


def matching(lines: Iterable[SettingLine], text: str) -> tuple[SettingLine, ...]:
    """Pick the lines with a text in their key, value or description, in any case."""
    wanted = text.casefold()
    return tuple(one for one in lines if wanted in f"{one.key} {one.value} {one.doc}".casefold())


def _line(settings: Settings, key: str, origin: Origin | None, redact: Redact) -> SettingLine:
    field = FIELDS[key]
    value, is_secret = getattr(settings, field.name), field.metadata["secret"]
    return SettingLine(
        key=key,
        value=_masked(value) if is_secret else redact(written(value)),
        default=written(field.default),
        place=origin.place if origin else "default",
        changed=_parsed(field.metadata["kind"], origin, field.default) != value,
        doc=field.metadata["doc"],
    )


def _parsed(kind: Any, origin: Origin | None, default: object) -> object:
    """Return the value that a start would take now; what is not allowed is another one, too."""
    if origin is None:
        return default
    try:
        return kind.parse(origin.text)
    except ValueError:
        return origin


def written(value: object) -> str:
    """Write a value as it would stand in the file; empty where it is not set."""
    if value is None:
        return UNSET
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, Collection) and not isinstance(value, str):
        return ",".join(map(str, sorted(value)))
    return str(value)


def _masked(value: object) -> str:
    return MASKED if value else UNSET


def _threshold(status: RuleStatus) -> ThresholdChange | None:
    before, now = (
        " / ".join(
            human(value, status.rule.unit)
            for severity in (Severity.WARNING, Severity.CRITICAL)
            if (value := rule.threshold(severity)) is not None
        )
        for rule in (status.configured, status.rule)
    )
    return None if before == now else ThresholdChange(status.rule.title, before, now)
