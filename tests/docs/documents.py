"""The project's Markdown files → their code blocks, tables and links."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "discord_sandbox" / "README.md",
)
FENCE = re.compile(r"^( *)```(\S*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A code block.

    Attributes:
        document: its path below the root.
        line: of its fence.
        language: as its fence says.
        text: without the fences and the indentation of a list.
        before: the code block before it in the document.
    """

    document: str
    line: int
    language: str
    text: str
    before: Block | None = field(repr=False)

    def __str__(self) -> str:
        """Name it in the test's id."""
        return f"{self.document}:{self.line}-{self.language}"


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def blocks() -> Iterator[Block]:
    for path in DOCUMENTS:
        text, before = path.read_text(encoding="utf-8"), None
        for found in FENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            name = path.relative_to(ROOT).as_posix()
            before = Block(name, line, found[2], textwrap.dedent(found[3]), before)
            yield before


def table(document: str, first_column: str) -> list[list[str]]:
    """Rows of every table of a document whose first column has that title."""
    rows: list[list[str]] = []
    is_wanted = False
    for line in text_of(document).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            is_wanted = False
        elif is_wanted and not line.startswith("|---"):
            rows.append([cell.strip("| ") for cell in cells])
        elif cells[0] == first_column:
            is_wanted = True
    return rows


def codes(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)
