"""What a document links to or names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, FENCE, ROOT, codes

LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NAMED = re.compile(
    r"(?:cogs|debugcog|demo|discord_sandbox|docs|services|tests)/[\w./-]*|[A-Z]+\.md|\.env\.example"
)
"""Paths of this repository; ``<name>`` and ``*`` in them stand for many."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for found in LINK.finditer(FENCE.sub("", text)):
        target, _, anchor = (found[1] or found[2]).partition("#")
        if target.startswith(("http://", "https://")):
            continue
        file = document.parent / target if target else document
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file.read_text(encoding="utf-8")), f"{target}#{anchor}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_is_there(document: Path) -> None:
    for name in codes(FENCE.sub("", document.read_text(encoding="utf-8"))):
        if NAMED.fullmatch(name):
            assert (ROOT / name).exists(), name


def _anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of headings."""
    headings = (re.sub(r"[^\w -]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in headings}
