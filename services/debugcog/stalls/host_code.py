"""File name of code → whether it is the host's own, and how it is shown."""

from __future__ import annotations

import site
import sysconfig
from pathlib import Path

LIBRARY_PARTS = frozenset({"site-packages", "dist-packages"})
OUR_FOLDERS = ("cogs/debug", "services/debugcog", "debugcog")


class HostCode:
    """Tells code of the host from that of Python, of libraries and of this cog.

    Args:
        root: the host's folder; files are shown relative to it.
        libraries: folders whose files are not the host's; Python's own and ours by default.
    """

    def __init__(self, root: Path, libraries: tuple[str, ...] | None = None) -> None:
        self._root = root.as_posix()
        self._libraries = _library_folders() if libraries is None else libraries

    def has(self, file: str) -> bool:
        """Return whether a file is the host's own."""
        path = file.replace("\\", "/")
        if path.startswith("<frozen ") or not LIBRARY_PARTS.isdisjoint(path.split("/")):
            return False
        return not any(_is_inside(path, folder) for folder in self._libraries)

    def shown(self, file: str) -> str:
        """Name a file relative to the host's folder; elsewhere by its last two parts."""
        path = file.replace("\\", "/")
        if _is_inside(path, self._root):
            return path[len(self._root) :].lstrip("/")
        return "/".join(path.split("/")[-2:])


def _is_inside(path: str, folder: str) -> bool:
    """Return whether a path is in a folder; ``/srv/bot2`` is not in ``/srv/bot``."""
    return path.startswith(folder.rstrip("/") + "/")


def _library_folders() -> tuple[str, ...]:
    paths = {*sysconfig.get_paths().values(), site.getusersitepackages()}
    paths.discard(sysconfig.get_path("data"))  # the root of an installation may hold the bot
    paths.discard(sysconfig.get_path("scripts"))
    ours = Path(__file__).parents[3].as_posix()
    folders = {path.replace("\\", "/") for path in paths}
    return (*sorted(folders), *(f"{ours}/{folder}" for folder in OUR_FOLDERS))
