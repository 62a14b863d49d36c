"""Components of a message or modal → the issues that Discord would report.

Source: https://discord.com/developers/docs/components/reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from discord_sandbox.rules.forms import (
    Rule,
    both,
    by_type,
    flag,
    form,
    listing,
    one_of,
    snowflake,
    text,
    url,
    whole,
)
from discord_sandbox.rules.refusals import Issue, Path
from discord_sandbox.world.core import JSON
from discord_sandbox.world.messages import walk

ROWS, WIDTH, TOTAL = 5, 5, 40
CUSTOM_ID, LABEL, PLACEHOLDER, OPTIONS, OPTION_TEXT = 100, 80, 150, 25, 100
MODAL_TITLE, INPUT, INPUT_LABEL, TEXT_TOTAL = 45, 4000, 45, 4000
BUTTON, LINK, PREMIUM = 2, 5, 6
SELECTS = (3, 5, 6, 7, 8)

EMOJI = form({"id": snowflake(), "name": text(100), "animated": flag()})


def _button(value: Any, path: Path) -> Iterator[Issue]:
    style = value["style"]
    needed = {LINK: "url", PREMIUM: "sku_id"}.get(style, "custom_id")
    if not value.get(needed):
        yield Issue((*path, needed), "BASE_TYPE_REQUIRED", "This field is required")
    if style == LINK and value.get("custom_id"):
        words = "A custom id and url cannot both be specified"
        yield Issue(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", words)
    if style != PREMIUM and not (value.get("label") or value.get("emoji")):
        yield Issue((*path, "label"), "BASE_TYPE_REQUIRED", "This field is required")


def _options(value: Any, path: Path) -> Iterator[Issue]:
    seen: set[str] = set()
    for index, option in enumerate(value["options"]):
        if option["value"] in seen:
            words = "The specified option value is already used"
            code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
            yield Issue((*path, "options", index), code, words)
        seen.add(option["value"])


def _enough(value: Any, path: Path) -> Iterator[Issue]:
    """There are at least as many options as may be, or have to be, chosen."""
    needed = max(int(value.get(key) or 0) for key in ("min_values", "max_values"))
    if len(value["options"]) < needed:
        words = f"Must be between {needed} and {OPTIONS} in length."
        yield Issue((*path, "options"), "BASE_TYPE_BAD_LENGTH", words)


BUTTON_RULE = both(
    form(
        {
            "style": one_of(1, 2, 3, 4, 5, 6),
            "label": text(LABEL),
            "custom_id": text(CUSTOM_ID, 1),
            "url": url("http", "https", "discord"),
            "emoji": EMOJI,
            "disabled": flag(),
        },
        ("style",),
    ),
    _button,
)
OPTION = form(
    {
        "label": text(OPTION_TEXT, 1),
        "value": text(OPTION_TEXT, 1),
        "description": text(OPTION_TEXT),
        "emoji": EMOJI,
        "default": flag(),
    },
    ("label", "value"),
)
SELECT = {
    "custom_id": text(CUSTOM_ID, 1),
    "placeholder": text(PLACEHOLDER),
    "min_values": whole(0, OPTIONS),
    "max_values": whole(1, OPTIONS),
    "disabled": flag(),
    "required": flag(),
}
STRING_SELECT = both(
    form({**SELECT, "options": listing(OPTION, OPTIONS, 1)}, ("custom_id", "options")),
    _options,
    _enough,
)
AUTO_SELECT = form({**SELECT, "default_values": listing(form({}), OPTIONS)}, ("custom_id",))
IN_ROW = {BUTTON: BUTTON_RULE, 3: STRING_SELECT, **dict.fromkeys(SELECTS[1:], AUTO_SELECT)}


def _width(value: Any, path: Path) -> Iterator[Issue]:
    kinds = [each["type"] for each in value["components"]]
    if len(kinds) > 1 and any(kind in SELECTS for kind in kinds):
        words = "The specified component exceeds the maximum width"
        index = next(i for i, kind in enumerate(kinds) if kind in SELECTS)
        yield Issue((*path, "components", index), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", words)


ROW = both(form({"components": listing(by_type(IN_ROW), WIDTH, 1)}, ("components",)), _width)

TEXT_DISPLAY = form({"content": text(TEXT_TOTAL, 1)}, ("content",))
MEDIA = form({"url": url("http", "https", "attachment")}, ("url",))
THUMBNAIL = form({"media": MEDIA, "description": text(1024)}, ("media",))
SECTION = form(
    {
        "components": listing(by_type({10: TEXT_DISPLAY}), 3, 1),
        "accessory": by_type({BUTTON: BUTTON_RULE, 11: THUMBNAIL}),
    },
    ("components", "accessory"),
)
GALLERY = form({"items": listing(THUMBNAIL, 10, 1)}, ("items",))
FILE = form({"file": form({"url": url("attachment")}, ("url",))}, ("file",))
SEPARATOR = form({"divider": flag(), "spacing": one_of(1, 2)})
IN_CONTAINER = {1: ROW, 9: SECTION, 10: TEXT_DISPLAY, 12: GALLERY, 13: FILE, 14: SEPARATOR}
CONTAINER = form(
    {"components": listing(by_type(IN_CONTAINER), TOTAL, 1), "accent_color": whole(0, 0xFFFFFF)},
    ("components",),
)


def _unique(value: Any, path: Path) -> Iterator[Issue]:
    seen: set[str] = set()
    for where, component in placed(value, path):
        custom_id = component.get("custom_id")
        if custom_id in seen:
            words = "Component custom id cannot be duplicated"
            yield Issue((*where, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", words)
        if custom_id:
            seen.add(custom_id)


def _totals(value: Any, path: Path) -> Iterator[Issue]:
    parts = list(walk(value))
    if len(parts) > TOTAL:
        yield Issue(path, "BASE_TYPE_MAX_LENGTH", f"Must be {TOTAL} or fewer in length.")
    if sum(len(each["content"]) for each in parts if each["type"] == 10) > TEXT_TOTAL:
        words = f"The total number of characters displayed exceeds {TEXT_TOTAL}"
        yield Issue(path, "COMPONENT_MAX_TOTAL_TEXT_LENGTH_EXCEEDED", words)


def placed(components: list[JSON], path: Path) -> Iterator[tuple[Path, JSON]]:
    """Yield every component with where it stands."""
    for index, component in enumerate(components):
        here = (*path, index)
        yield here, component
        yield from placed(component.get("components") or [], (*here, "components"))
        for key in ("accessory", "component"):
            if component.get(key):
                yield (*here, key), component[key]


MESSAGE: Rule = both(listing(by_type({1: ROW}), ROWS), _unique)
LAYOUT: Rule = both(listing(by_type({**IN_CONTAINER, 17: CONTAINER}), TOTAL), _unique, _totals)
"""Components of a message with the IS_COMPONENTS_V2 flag."""

TEXT_INPUT = {
    "custom_id": text(CUSTOM_ID, 1),
    "style": one_of(1, 2),
    "min_length": whole(0, INPUT),
    "max_length": whole(1, INPUT),
    "required": flag(),
    "value": text(INPUT),
    "placeholder": text(100),
}
CHOICES = form({**SELECT, "options": listing(OPTION, 10, 1)}, ("custom_id", "options"))
FILE_UPLOAD = form(
    {
        "custom_id": text(CUSTOM_ID, 1),
        "min_values": whole(0, 10),
        "max_values": whole(1, 10),
        "required": flag(),
    },
    ("custom_id",),
)
CHECKBOX = form({"custom_id": text(CUSTOM_ID, 1)}, ("custom_id",))
IN_LABEL = {
    4: form(TEXT_INPUT, ("custom_id", "style")),
    **{kind: IN_ROW[kind] for kind in SELECTS},
    19: FILE_UPLOAD,
    21: CHOICES,
    22: CHOICES,
    23: CHECKBOX,
}
INPUT_ROW = form(
    {
        "components": listing(
            by_type(
                {
                    4: form(
                        {**TEXT_INPUT, "label": text(INPUT_LABEL, 1)},
                        ("custom_id", "style", "label"),
                    )
                }
            ),
            1,
            1,
        )
    },
    ("components",),
)
LABELLED = form(
    {
        "label": text(INPUT_LABEL, 1),
        "description": text(100),
        "component": by_type(IN_LABEL),
    },
    ("label", "component"),
)
MODAL: Rule = form(
    {
        "custom_id": text(CUSTOM_ID, 1),
        "title": text(MODAL_TITLE, 1),
        "components": both(
            listing(by_type({1: INPUT_ROW, 10: TEXT_DISPLAY, 18: LABELLED}), 5, 1), _unique
        ),
    },
    ("custom_id", "title", "components"),
)
