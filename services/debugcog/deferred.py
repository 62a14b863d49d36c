"""Module of ours that is known from the load on, and runs when something of it is first used.

``from services.debugcog.units import utc_time`` uses the module at once, so it runs. After
``from services.debugcog import units`` it runs with the first ``units.utc_time``: that is how code
names what a load does not need. What is run then is what was on the disk at the load.
"""

from __future__ import annotations

import marshal
import os
import threading
import time
from collections.abc import Callable, Mapping
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, TypeVar

from services.debugcog.files_at_load import FilesAtLoad, Stamp

T = TypeVar("T")
Origin = tuple[str, Stamp, FilesAtLoad, bool]
"""File, its stamp, what it is read from, and whether the module is a package."""
HEADER = 16
"""Bytes of a file of bytecode before the code: a number, flags, time and size of its source."""
PAUSE = 0.002
"""Seconds of rest after a module: while a thread runs code, the event loop waits up to 5 ms for the
interpreter (``sys.getswitchinterval``), several times for one interaction."""
ORIGIN = "__origin__"
"""Attribute of a module that has not run, with what its loader is made of."""
OF_IMPORTS = frozenset(("__spec__", "__loader__", "__package__", "__file__", "__path__"))
"""Attributes that the import system sets; a module that has not run gets them when one is read."""


class DeferredModule(ModuleType):
    """A module that has not run; the import system's own names of it can be read all the same."""

    def __getattr__(self, name: str) -> Any:
        """Run the module, in which the name may be, and let those wait who ask meanwhile."""
        space = vars(self)
        if name in OF_IMPORTS and "__spec__" not in space:
            _specify(space)
            if name in space:
                return space[name]
        if name.startswith("__"):  # who walks through sys.modules looks for some of these
            raise AttributeError(f"module {self.__name__!r} has not run and has no {name!r} yet")
        loader = self.__spec__ and self.__spec__.loader
        assert isinstance(loader, CodeAtLoad)
        loader.run(self)
        return getattr(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Run the module before something of it is replaced, for it would replace that in turn."""
        if not name.startswith("__") and not isinstance(value, ModuleType):  # as an import binds
            getattr(self, name, None)
        ModuleType.__setattr__(self, name, value)  # it is of another class by now


class RunningModule(ModuleType):
    """A module that runs: others than its own thread wait, for half of it is no module."""

    def __getattribute__(self, name: str) -> Any:
        """Wait for the end, unless that is asked by what the module itself imports."""
        if not name.startswith("__"):
            loader = self.__spec__ and self.__spec__.loader
            assert isinstance(loader, CodeAtLoad)
            loader.wait()
        if type(self) is RunningModule:
            return super().__getattribute__(name)
        return getattr(self, name)  # it has come to its end meanwhile


class CodeAtLoad(SourceFileLoader):
    """Loads what a file had at the load of the cog, from its bytecode where that is up to date.

    Args:
        name: of the module.
        path: of its file.
        stamp: of the file at the load.
        files: it is read from.
    """

    def __init__(self, name: str, path: str, stamp: Stamp, files: FilesAtLoad) -> None:
        super().__init__(name, path)
        self.lock = threading.RLock()
        self._stamp = stamp
        self._files = files

    def run(self, module: ModuleType) -> None:
        """Run a module once; after an exception it has not run.

        Raises:
            ImportError: the file has changed since the load.
            BaseException: what the module raises.
        """
        with self.lock:
            if not isinstance(module, DeferredModule):
                return  # another thread has run it, or this one is about it
            space = vars(module)
            before = dict(space)
            is_first = self._files.prepare()
            _become(module, RunningModule)
            try:
                exec(self.get_code(self.name), space)  # noqa: S102 - as an import does
            except BaseException:
                space.clear()
                space.update(before)
                _become(module, DeferredModule)
                raise
            finally:
                if is_first:
                    self._files.end()
            _become(module, ModuleType)
            space.pop(ORIGIN)
            self._files.forget(self.path)
        if getattr(_gentle, "is_on", False) and not self._files.awaited_by:
            time.sleep(PAUSE)

    def wait(self) -> None:
        """Wait until the module has run; a thread that runs it takes no rest meanwhile."""
        waiting = threading.get_ident()
        self._files.awaited_by.add(waiting)
        try:
            with self.lock:
                pass
        finally:
            self._files.awaited_by.discard(waiting)

    def get_code(self, fullname: str) -> CodeType:
        """Return the code, by the short way where the bytecode is up to date."""
        bytecode = self._files.bytecode(self.path, self._stamp)
        if bytecode is not None:
            code = marshal.loads(memoryview(bytecode)[HEADER:])  # noqa: S302 - as an import does
            if isinstance(code, CodeType) and code.co_filename == self.path:
                return code
        code = super().get_code(fullname)
        assert code is not None, "it has a source"
        return code

    def path_stats(self, path: str) -> Mapping[str, Any]:
        """Return when the file was changed last, and its size; both as at the load."""
        return {"size": self._stamp[0], "mtime": self._stamp[1] // 10**9}

    def get_data(self, path: str) -> bytes:
        """Return what a file had at the load.

        Raises:
            ImportError: the module's own file has changed since.
            OSError: it cannot be read.
        """
        if path == self.path:
            return self._files.source(path, self._stamp)
        return self._files.read(path)


def deferred(name: str, origin: Origin) -> DeferredModule:
    """Make a module that has not run; it gets a loader when that is needed, for most never do."""
    module = DeferredModule.__new__(DeferredModule)
    space = vars(module)
    space["__name__"], space["__doc__"], space[ORIGIN] = name, None, origin
    return module


def file_of(module: ModuleType) -> str | None:
    """Return a module's ``__file__``, by the short way where it has not run."""
    space = vars(module)
    return space[ORIGIN][0] if ORIGIN in space else space.get("__file__")


def run_now(*modules: ModuleType) -> None:
    """Run modules that have not run, on this thread; wait for those that another thread runs."""
    for module in modules:
        getattr(module, "", None)  # any name that is asked of it does so


def hold(module: ModuleType) -> None:
    """Read the code of a module that has not run and keep it."""
    origin = vars(module).get(ORIGIN)
    if origin is not None:
        path, stamp, files, _ = origin
        files.hold(path, stamp)


def _specify(space: dict[str, Any]) -> None:
    """Set what the import system sets; of two threads that do so at once, the first one does."""
    name, (path, stamp, files, is_package) = space["__name__"], space[ORIGIN]
    loader = space.setdefault("__loader__", CodeAtLoad(name, path, stamp, files))
    spec = ModuleSpec(name, loader, origin=path, is_package=is_package)
    spec.has_location = True
    if spec.submodule_search_locations is not None:
        spec.submodule_search_locations.append(os.path.dirname(path))  # noqa: PTH120 - fast
        space.setdefault("__path__", spec.submodule_search_locations)
    for key, value in (("__package__", spec.parent), ("__file__", path), ("__spec__", spec)):
        space.setdefault(key, value)


def _become(module: ModuleType, kind: type[ModuleType]) -> None:
    ModuleType.__setattr__(module, "__class__", kind)


_gentle = threading.local()


def gently(work: Callable[[], T]) -> T:
    """Do what runs modules, with a rest after each; for a thread that has time, and no lock."""
    _gentle.is_on = True
    try:
        return work()
    finally:
        _gentle.is_on = False
