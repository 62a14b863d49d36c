"""docs/settings.md and .env.example say of each setting what the settings themselves say."""

from __future__ import annotations

from pathlib import Path

from services.debugcog.settings import FIELDS, load
from tests.docs.documents import ROOT, table

LINES = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
GIVEN = {
    line.partition("=")[0]: line.partition("=")[2]
    for line in LINES
    if line and not line.startswith("#")
}
"""Key → default, as .env.example writes it."""


def test_the_tables_have_every_key_with_default_and_meaning_and_no_other() -> None:
    rows = [[cell.replace("`", "") for cell in row] for row in table("docs/settings.md", "key")]
    assert rows == [
        [key, GIVEN[key], field.metadata["doc"], field.metadata["kind"].allowed]
        for key, field in FIELDS.items()
    ]


def test_the_comment_above_a_key_of_the_example_says_the_same() -> None:
    for key, field in FIELDS.items():
        allowed = field.metadata["kind"].allowed
        comment = f"# {field.metadata['doc']} ({allowed[0].upper()}{allowed[1:]}.)"
        assert LINES[LINES.index(f"{key}={GIVEN[key]}") - 1] == comment


def test_a_default_that_is_shown_is_the_default(tmp_path: Path) -> None:
    for key, text in GIVEN.items():
        file = tmp_path / "one.env"
        file.write_text(f"{key}={text}\n", encoding="utf-8")
        assert load({}, file) == load({}, None), key
