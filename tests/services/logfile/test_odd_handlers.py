"""A handler of the host's that has not what its class should have costs no line and no start."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.debugcog.logs import setup_logging
from services.debugcog.settings import Settings
from tests.hostile import raising


def nothing(handler: logging.Handler, record: object = None) -> None:
    """Stand for what posts a line to a chat, and for what logging does to a handler at the end."""


def without_constructor(base: type[logging.Handler], **parts: Any) -> logging.Handler:
    """Make a handler of a class that calls the constructor of ``Handler`` alone."""
    methods = {
        "__init__": logging.Handler.__init__,
        **dict.fromkeys(("emit", "flush", "close"), nothing),
    }
    made: logging.Handler = type("Hosts", (base,), {**methods, **parts})()
    return made


ODD = {
    "no file name": without_constructor(logging.FileHandler),
    "a file name of another kind": without_constructor(logging.FileHandler, baseFilename=5),
    "no stream": without_constructor(logging.StreamHandler),
    "a stream that raises": without_constructor(
        logging.StreamHandler, stream=property(raising(SystemExit()))
    ),
    "a class that raises": without_constructor(
        logging.Handler, __class__=property(raising(RuntimeError()))
    ),
}


@pytest.fixture(params=list(ODD))
def odd(request: pytest.FixtureRequest) -> Iterator[logging.Handler]:
    handler = ODD[request.param]
    logging.root.addHandler(handler)
    yield handler
    logging.root.removeHandler(handler)


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.usefixtures("odd")
def test_the_log_starts_and_has_each_line(tmp_path: Path, console: bool) -> None:
    path = tmp_path / "bot.log"
    logs = setup_logging(Settings(log_file_path=path), console=console)
    logging.getLogger("bot").warning("one")
    logs.ensure()
    logging.getLogger("bot").warning("two")
    assert logs.flush()
    logs.close()
    assert [line[24:] for line in path.read_text().splitlines()] == [
        "[WARNING] bot: one",
        "[WARNING] bot: two",
    ]
