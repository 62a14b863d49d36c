"""Frame or file name of code → whether it is the host's own, and how it is shown."""

from __future__ import annotations

import os.path
import sys
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from types import FrameType

from services.debugcog import library_folders
from services.debugcog.frozen import frozen
from services.debugcog.patterns import late_pattern
from services.debugcog.whole_parts import is_inside, path_inside, with_slashes

FILES_MAX = 2_000
"""File names for which it is remembered whether they are the host's."""
SHOWN_PARTS, IDENTIFIED_PARTS = 2, 4
"""Of the path of a file that is not in the host's folder; all of them depend on the machine."""
OUR_FOLDERS = ("cogs/debug", "services/debugcog", "debugcog")
LIBRARY_FOLDERS = ("/site-packages/", "/dist-packages/", "<frozen ")

NUMBER = late_pattern(r"\d{5,}")
"""In the name of a module that another has when it is loaded again."""

_is_absolute = lru_cache(FILES_MAX)(os.path.isabs)


def module_file(frame: FrameType) -> str:
    """Return the file of the module of code that has none of its own; empty where it has one.

    Code that was generated or compiled by Cython names a file that is nowhere, such as ``<string>``
    or ``asyncpg/protocol/protocol.pyx``: that of its module tells whose it is.
    """
    if _is_absolute(frame.f_code.co_filename):
        return ""
    file = frame.f_globals.get("__file__")
    return file if type(file) is str else ""


@frozen
class HostCode:
    """Where the code of a bot lies: folders of packages, or files of modules.

    Attributes:
        program: the package that runs as the program; empty where it is a plain file.
        places: all that the bot is made of.
    """

    program: str = ""
    places: frozenset[str] = frozenset()


NOWHERE = HostCode()


def nowhere() -> HostCode:
    """Return that no code of a bot is known."""
    return NOWHERE


class HostFiles:
    """Knows files of the host from those of libraries, and remembers what it has found.

    A bot may be installed as libraries are: then its own packages are the host's, and only they.

    Args:
        root: the host's folder; files are shown relative to it.
        libraries: folders whose files are not the host's; by default Python's own, and those of
            ``sys.path`` into which something was installed.
        ours: files and folders of this project that are not the host's; by default all.
        code: returns where the bot's code lies; the same object as long as nothing has changed.

    Attributes:
        is_file_in_app: returns whether a file is the host's own.
        is_ours: returns whether a file is one of this project.
        shown: returns a path relative to the host's folder; elsewhere, its last two parts.
        identified: likewise, with so many parts as tell two plugins with the same files apart.
        module: returns as what a module counts, by its file and its name.
    """

    def __init__(
        self,
        root: Path,
        libraries: tuple[str, ...] | None = None,
        ours: tuple[str, ...] = OUR_FOLDERS,
        code: Callable[[], HostCode] = nowhere,
    ) -> None:
        project = Path(__file__).parents[2].as_posix()
        self._root = str(root)
        self._given = libraries
        self._ours = tuple(f"{project}/{file}" for file in ours)
        self._all_ours = tuple(f"{project}/{file}" for file in OUR_FOLDERS)
        self._code = code
        self._packages: tuple[HostCode, tuple[str, ...]] = NOWHERE, ()
        self.is_file_in_app = lru_cache(FILES_MAX)(self._is_file_in_app)
        self.is_ours = lru_cache(FILES_MAX)(self._is_ours)
        self.shown = lru_cache(FILES_MAX)(self._shown)
        self.identified = lru_cache(FILES_MAX)(self._identified)
        self.module = lru_cache(FILES_MAX)(self._module)

    @cached_property
    def libraries(self) -> tuple[str, ...]:
        """Find them when the first file is asked about: Python takes 2 ms to tell of its own."""
        own = library_folders.library_folders() if self._given is None else self._given
        return (*own, *self._ours)

    @cached_property
    def _installed(self) -> tuple[str, ...]:
        """Find them when the first file is asked about, too: each folder has to be looked into."""
        if self._given is not None:
            return ()
        main = getattr(sys.modules.get("__main__"), "__file__", None)
        scripts = (os.path.dirname(main),) if type(main) is str else ()  # noqa: PTH120 - plain
        return library_folders.distribution_folders((self._root, *scripts))

    def is_in_app(self, frame: FrameType) -> bool:
        """Return whether a frame is the host's own code."""
        return self.is_file_in_app(module_file(frame) or frame.f_code.co_filename)

    def _is_ours(self, file: str) -> bool:
        return is_inside(with_slashes(file), self._ours)

    def _is_file_in_app(self, file: str) -> bool:
        path = with_slashes(file)
        return not self._is_library(path) or self._parent_of_own(path) is not None

    def _is_library(self, path: str) -> bool:
        return (
            any(part in path for part in LIBRARY_FOLDERS)
            or is_inside(path, self.libraries)
            or is_inside(path, self._installed)
        )

    def _parent_of_own(self, path: str) -> str | None:
        """Return the folder with the host's package in which a file is; None where it is in none.

        A package of the host's may be ``cogs`` or ``services``, in which our own files lie, too.
        """
        found = next((each for each in self._own_packages() if is_inside(path, (each,))), None)
        return None if found is None or is_inside(path, self._all_ours) else os.path.dirname(found)  # noqa: PTH120 - plain

    def _own_packages(self) -> tuple[str, ...]:
        """List the host's packages that are where libraries are.

        Where a bot runs from a folder, a package that has its class or a cog is a library that it
        uses; unless that is the program that runs, which loads plugins from the folder.
        """
        code = self._code()
        if self._packages[0] is not code:
            inside = {each for each in code.places if self._is_library(each)}
            is_folder = len(inside) < len(code.places) and code.program not in inside
            if self._is_library(code.program):
                inside.add(code.program)
            before, found = self._packages[1], () if is_folder else tuple(sorted(inside))
            self._packages = code, found
            if found != before:  # a cog has come since: what was asked before counts no more
                for known in (self.is_file_in_app, self.shown, self.identified):
                    known.cache_clear()
        return self._packages[1]

    def _shown(self, file: str) -> str:
        return self._last_parts(file, SHOWN_PARTS)

    def _identified(self, file: str) -> str:
        return self._last_parts(file, IDENTIFIED_PARTS)

    def _last_parts(self, file: str, count: int) -> str:
        parent = self._parent_of_own(with_slashes(file))
        inside = path_inside(file, self._root if parent is None else parent)
        return "/".join(Path(file).parts[-count:]).replace("\\", "/") if inside is None else inside

    def _module(self, file: str, module: str | None) -> str | None:
        """Return a module's name, or the path of a file in the host's folder that has another.

        Two plugins may be loaded under one name, or one plugin under another name each time.
        """
        inside = path_inside(file, self._root) if _is_absolute(file) else None
        if not inside or module == "__main__":
            return module
        return module if module is not None and self._is_named(inside, module) else inside

    def _is_named(self, inside: str, module: str) -> bool:
        name = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if name == module:
            return True
        if name.endswith(f".{module}"):
            folder = os.path.join(self._root, inside[: len(name) - len(module)])  # noqa: PTH118 - fast
            paths = (with_slashes(each) for each in sys.path if type(each) is str)
            return with_slashes(folder) in paths
        stem, last = name.rpartition(".")[2], module.rpartition(".")[2]
        return stem != last and stem in last.split("_") and NUMBER.search(last) is None
