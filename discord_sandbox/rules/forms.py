"""Building blocks of validation: rules for values, lists and objects.

A rule takes a value and where it stands, and yields what Discord finds wrong with it. Codes and
texts are those that Discord answers with; the reference lists some of them:
https://discord.com/developers/docs/reference#error-messages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from discord_sandbox.rules.refusals import Issue, Path

Rule = Callable[[Any, Path], Iterator[Issue]]
INT64 = 2**63 - 1


def text(maximum: int, minimum: int = 0, *, filled: bool = False) -> Rule:
    """Make the rule of a text, lengths in code points; blanks around it do not count.

    Args:
        maximum: the most characters.
        minimum: the fewest; Discord then tells both limits of a text that is too long.
        filled: whether it may not be blank, without a minimum that is told.
    """

    def check(value: Any, path: Path) -> Iterator[Issue]:
        if isinstance(value, (dict, list)):
            yield Issue(path, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return
        size = len(str(value).strip())
        if size == 0 and (minimum or filled):
            yield Issue(path, "BASE_TYPE_REQUIRED", "This field is required")
        else:
            yield from _length(size, minimum, maximum, path)

    return check


def _length(size: int, low: int, high: int, path: Path) -> Iterator[Issue]:
    if low <= size <= high:
        return
    if low:
        words = f"Must be between {low} and {high} in length."
        yield Issue(path, "BASE_TYPE_BAD_LENGTH", words)
    else:
        yield Issue(path, "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")


def whole(low: int = -INT64, high: int = INT64) -> Rule:
    """Make the rule of a whole number; a text of digits counts as one."""

    def check(value: Any, path: Path) -> Iterator[Issue]:
        number = _whole(value)
        if number is None:
            yield Issue(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif number < low:
            words = f"int value should be greater than or equal to {low}."
            yield Issue(path, "NUMBER_TYPE_MIN", words)
        elif number > high:
            words = f"int value should be less than or equal to {high}."
            yield Issue(path, "NUMBER_TYPE_MAX", words)

    return check


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def number() -> Rule:
    """Make the rule of any number."""

    def check(value: Any, path: Path) -> Iterator[Issue]:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield Issue(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')

    return check


def snowflake() -> Rule:
    """Make the rule of an id, as text or as a number."""

    def check(value: Any, path: Path) -> Iterator[Issue]:
        found = _whole(value)
        if found is None or not 0 <= found <= INT64:
            yield Issue(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')

    return check


def flag() -> Rule:
    """Make the rule of true or false."""

    def check(value: Any, path: Path) -> Iterator[Issue]:
        if not isinstance(value, bool):
            yield Issue(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")

    return check


def one_of(*values: Any) -> Rule:
    """Make the rule of a value out of a few."""

    def check(value: Any, path: Path) -> Iterator[Issue]:
        if value not in values or isinstance(value, bool):
            known = ", ".join(repr(each) for each in values)
            yield Issue(path, "BASE_TYPE_CHOICES", f"Value must be one of ({known}).")

    return check


def url(*schemes: str) -> Rule:
    """Make the rule of an address of up to 2048 characters."""
    length = text(2048, filled=True)

    def check(value: Any, path: Path) -> Iterator[Issue]:
        yield from length(value, path)
        found = _split(str(value))
        if value and found and found.scheme not in schemes:
            words = f'Scheme "{found.scheme}" is not supported. Scheme must be one of {schemes}.'
            yield Issue(path, "URL_TYPE_INVALID_SCHEME", words)
        elif value and not (found and found.netloc):
            yield Issue(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")

    return check


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def iso_timestamp() -> Rule:
    """Make the rule of a time in ISO 8601."""

    def check(value: Any, path: Path) -> Iterator[Issue]:
        try:
            dt.datetime.fromisoformat(str(value))
        except ValueError:
            words = f"Could not parse {value}. Should be ISO8601."
            yield Issue(path, "DATE_TIME_TYPE_PARSE", words)

    return check


def listing(item: Rule, maximum: int, minimum: int = 0) -> Rule:
    """Make the rule of a list."""

    def check(value: Any, path: Path) -> Iterator[Issue]:
        if not isinstance(value, list):
            words = "Only iterables may be used in a ListType"
            yield Issue(path, "LIST_TYPE_CONVERT", words)
            return
        yield from _length(len(value), minimum, maximum, path)
        for index, each in enumerate(value):
            yield from item(each, (*path, index))

    return check


def form(fields: Mapping[str, Rule], required: Sequence[str] = ()) -> Rule:
    """Make the rule of an object; null counts as left out, unknown keys are ignored."""

    def check(value: Any, path: Path) -> Iterator[Issue]:
        if not isinstance(value, dict):
            words = "Only dictionaries may be used in a ModelType"
            yield Issue(path, "MODEL_TYPE_CONVERT", words)
            return
        for name in required:
            if value.get(name) is None:
                yield Issue((*path, name), "BASE_TYPE_REQUIRED", "This field is required")
        for name, rule in fields.items():
            if value.get(name) is not None:
                yield from rule(value[name], (*path, name))

    return check


def by_type(variants: Mapping[int, Rule]) -> Rule:
    """Make the rule of an object whose ``type`` says which rule it follows."""
    outer = form({"type": one_of(*variants)}, ("type",))

    def check(value: Any, path: Path) -> Iterator[Issue]:
        issues = list(outer(value, path))
        yield from issues or variants[value["type"]](value, path)

    return check


def both(*rules: Rule) -> Rule:
    """Make a rule of several; the later ones look only at what the earlier ones let pass."""

    def check(value: Any, path: Path) -> Iterator[Issue]:
        for rule in rules:
            issues = list(rule(value, path))
            if issues:
                yield from issues
                return

    return check
