"""The repository holds source, documents and their pictures: nothing that a program has written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="it is no checkout")
def test_every_committed_file_is_a_text_or_a_picture_of_the_documents() -> None:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    others = []
    for name in filter(None, listed.split("\0")):
        head = (ROOT / name).read_bytes()[:4096] if (ROOT / name).is_file() else b""
        is_picture = name.startswith("docs/") and head.startswith(PICTURE)
        if b"\0" in head and not is_picture:
            others.append(name)
    assert others == []
