"""Files of the log are downloaded whole and without secrets; what cannot be read is told."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from services.debugcog.answers.logs import LogSource
from services.debugcog.logfile.lines import LogLines
from services.debugcog.logfile.log_files import LogFiles
from services.debugcog.web.log_routes import LogRoutes
from tests.services.web.served import Served, served

LINE = "2026-11-23 16:00:03,500 [INFO] demo.chat: {}\n"
GONE = "There is no such log file. Reload the list: the files may have been rotated."


class Rotating(LogFiles):
    """Files of which each is renamed just after it was looked for."""

    def path_of(self, name: str) -> Path | None:
        path = super().path_of(name)
        if path is not None:
            path.rename(path.with_name("elsewhere"))
        return path


class Locked(LogFiles):
    """Files in a folder that may not be listed."""

    def path_of(self, name: str) -> Path | None:
        raise PermissionError(13, "Permission denied", str(self.folder))


@contextlib.asynccontextmanager
async def site(files: LogFiles | None) -> AsyncIterator[Served]:
    source = LogSource(LogLines(), files, lambda text: text.replace("hunter2", "[redacted]"))
    routes = LogRoutes(lambda: source)
    async with served(questions=routes.questions(), handlers=routes.handlers()) as server:
        await server.log_in()
        yield server


async def test_a_file_is_downloaded_whole_and_without_secrets(tmp_path: Path) -> None:
    lines = [LINE.format(f"{number} ÄRGER password is hunter2") for number in range(5_000)]
    (tmp_path / "bot.log.1").write_text("".join(lines), encoding="utf-8")
    async with site(LogFiles(tmp_path / "bot.log")) as server:
        answer = await server.get("/api/v1/logs/files/bot.log.1")
    assert answer.text() == "".join(lines).replace("hunter2", "[redacted]")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bot.log.1"'
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_name_that_is_none_of_the_log_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "secrets.txt").write_text("hunter2")
    async with site(LogFiles(tmp_path / "bot.log")) as server:
        for name in ("secrets.txt", "bot.log", "..%2f..%2fetc%2fpasswd"):
            answer = await server.get(f"/api/v1/logs/files/{name}")
            assert answer.status == 404
    async with site(None) as server:
        answer = await server.get("/api/v1/logs/files/bot.log")
        assert (answer.status, answer.json()) == (404, {"error": GONE})


async def test_a_file_that_is_rotated_away_meanwhile_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "bot.log").write_text(LINE.format("first"))
    async with site(Rotating(tmp_path / "bot.log")) as server:
        answer = await server.get("/api/v1/logs/files/bot.log")
    assert (answer.status, answer.json()) == (404, {"error": GONE})


async def test_a_log_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    async with site(LogFiles(gone / "bot.log")) as server:
        for path in ("logs/files", "logs/search"):
            answer = (await server.get(f"/api/v1/{path}")).json()["answer"]
            assert answer["trouble"] == (
                f"The log cannot be read: No such file or directory ({gone})."
            )
    async with site(Locked(tmp_path / "bot.log")) as server:
        answer = await server.get("/api/v1/logs/files/bot.log")
    assert (answer.status, answer.json()) == (
        503,
        {"error": f"The log cannot be read: Permission denied ({tmp_path})."},
    )
