"""Discord's error trees, written short."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]


def said(code: str, message: str) -> Tree:
    return {"_errors": [{"code": code, "message": message}]}


REQUIRED = said("BASE_TYPE_REQUIRED", "This field is required")
NO_OBJECT = said("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
NO_LIST = said("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")


def too_long(limit: int) -> Tree:
    return said("BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def between(low: int, high: int) -> Tree:
    return said("BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")


def too_large(limit: int) -> Tree:
    return said("NUMBER_TYPE_MAX", f"int value should be less than or equal to {limit}.")


def not_one_of(choices: str) -> Tree:
    return said("BASE_TYPE_CHOICES", f"Value must be one of ({choices}).")


def at(*steps: str | int, **leaf: Any) -> Tree:
    tree = leaf
    for step in reversed(steps):
        tree = {str(step): tree}
    return tree
