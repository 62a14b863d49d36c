"""Every code block of the documents does what it says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.docs import other_blocks, python_blocks, shell_blocks
from tests.docs.documents import DOCUMENTS, Block, blocks
from tests.docs.place import Place
from tests.e2e.conftest import Home

pytestmark = pytest.mark.thorough

CHECKS: dict[str, Callable[[Block, Place], Awaitable[None]]] = {
    "python": python_blocks.check,
    "bash": shell_blocks.check,
    "sh": shell_blocks.check,
    "bat": shell_blocks.check_windows,
    "json": other_blocks.check_prices,
    "dotenv": other_blocks.check_settings,
    "text": other_blocks.check_output,
    "mermaid": other_blocks.check_diagram,
    "nginx": other_blocks.check_proxy,
    "caddy": other_blocks.check_proxy,
}


@pytest.mark.parametrize("block", list(blocks()), ids=str)
async def test_a_code_block_does_what_it_says(
    block: Block,
    home: Home,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    environment: pytest.MonkeyPatch,
) -> None:
    for key, value in {
        "DISCORD_TOKEN": home.sandbox.token,
        "DISCORD_API_BASE": home.sandbox.api_base,
        "DISCORD_GATEWAY_URL": home.sandbox.gateway_url,
    }.items():
        environment.setenv(key, value)
    assert block.language in CHECKS, f"no check for a block of {block.language!r}"
    await CHECKS[block.language](block, Place(home, tmp_path, caplog))


def test_no_fence_is_overlooked() -> None:
    found = {str(path): path.read_text(encoding="utf-8").count("```") for path in DOCUMENTS}
    assert sum(found.values()) == 2 * len(list(blocks()))
