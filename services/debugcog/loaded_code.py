"""Reload guard: imports each module only once, and refuses code changed on disk since.

Two things would otherwise let two generations of the same classes meet. A reload imports some
modules anew and keeps others, so after an upgrade on disk it would mix two versions. And discord.py
deletes modules from ``sys.modules``: all below an extension that is unloaded, and each one that
turns out to be no extension when a host's loader tries every file of its ``cogs`` folder.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from services.debugcog.deferred import Origin, deferred, file_of, hold
from services.debugcog.files_at_load import FilesAtLoad, Stamp, stamp_of
from services.debugcog.guard import own_logger
from services.debugcog.version import __version__

log = own_logger("debugcog.code")

FOLDERS = ("debugcog", "cogs/debug", "services/debugcog")
FACE = "cogs.debug"
DELETED = f"{FACE}."
"""What the names of the modules begin with that discord.py deletes."""
Stamps = Mapping[str, Mapping[str, Stamp]]
"""Folder → name of a file → its stamp."""
Parts = tuple[str, str, Mapping[str, Origin]]
"""Package, its file, and what belongs to it."""
VERSION = '\n__version__ = "'


@functools.cache
def loaded_code() -> LoadedCode:
    """Return this process's code; the first call has to come before the rest is imported.

    The front doors of later versions call this too, in a process that runs this one: its name and
    that of ``imported_once`` have to stay.
    """
    return LoadedCode(Path(__file__).parents[2])


class LoadedCode:
    """What was on the disk when the code was loaded, and the modules that were made of it.

    Args:
        root: the folder that has ``FOLDERS``.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stamps: Stamps | None = None
        self._digest: bytes | None = None
        self._modules: dict[str, ModuleType] = {}
        self._is_importing = False
        self._files = FilesAtLoad(self._restore, self._refuse)
        self._parts: list[Parts] = []
        self._deferred: list[ModuleType] = []

    @contextlib.contextmanager
    def imported_once(self) -> Iterator[None]:
        """Let imports in the block find the modules of the first time, whatever was deleted since.

        Raises:
            ImportError: the files have changed since; it names both versions.
        """
        if self._is_importing:  # one front door imports the other
            self._enter()
            yield
            return
        self._check()
        with _no_collection(), self._importing():
            self._enter()
            yield
        folder = os.path.realpath(self._root / "cogs" / "debug") + os.sep
        for name, module in tuple(sys.modules.items()):
            if not name.startswith(DELETED) or name in self._modules:
                continue
            file = getattr(module, "__file__", None)
            if file is not None and os.path.realpath(file).startswith(folder):  # not the host's own
                self._modules[name] = module

    @contextlib.contextmanager
    def _importing(self) -> Iterator[None]:
        before, self._is_importing = self._is_importing, True
        try:
            yield
        finally:
            self._is_importing = before

    def hold(self) -> None:
        """Read the code that has not run yet, some 20 ms; to be called after the load, by a thread.

        From then on it does not matter to what is loaded whether the files change.
        """
        if self._stamps is not None and self._digest is None:
            for module in self._deferred:
                hold(module)
            self._deferred.clear()
            digest = _digest(self._root, self._stamps)
            if _stamps(self._root) == self._stamps:
                self._digest = digest

    def _enter(self) -> None:
        """Enter our modules in ``sys.modules``: those that ran, and the others to run when used."""
        self._restore()
        for package, init, parts in self._parts:
            missing = [name for name in parts if name not in sys.modules]
            above = sys.modules.get(package) if missing else None
            if above is None or file_of(above) != init:
                continue  # it is a host's
            parent, start = vars(above), len(package) + 1
            for name in missing:
                module = sys.modules[name] = deferred(name, parts[name])
                parent.setdefault(name[start:], module)
                self._deferred.append(module)
                if name.startswith(DELETED):
                    self._modules[name] = module
        tops = (name for name in self._modules if name.count(".") == 2)
        _bind({name: sys.modules[name] for name in (FACE, *tops) if name in sys.modules})

    def _restore(self) -> None:
        """Put back what was deleted since; it may have been imported anew meanwhile."""
        known = sys.modules
        ours = tuple(self._modules.items())  # at once: another thread may enter one
        gone = {name: one for name, one in ours if known.get(name) is not one}
        if gone:
            known.update(gone)
            _bind(gone)

    def _check(self) -> None:
        if self._stamps is None:
            self._stamps = _stamps(self._root)
            self._parts = list(_parts(self._root, self._stamps, self._files))
        elif not self._same(self._stamps):
            self._refuse()
        if _version(self._root) not in ("", __version__):
            self._refuse()

    def _refuse(self) -> None:
        on_disk = _version(self._root)
        text = (
            f"DebugCog {__version__} is what this process has loaded, and its files have changed "
            f"since{f' (they are {on_disk})' if on_disk not in ('', __version__) else ''}: "
            "restart the bot to use them"
        )
        log.error("Not loaded: %s", text)
        raise ImportError(text)

    def _same(self, before: Stamps) -> bool:
        """Tell whether the files have not been written since, or the same has been written."""
        stamps = _stamps(self._root)
        return stamps == before or _digest(self._root, stamps) == self._digest


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Let imports make their objects, which all stay, without the collector looking for garbage.

    It would go through all that the process has again and again, a fifth of what a load costs.
    And the new ones would have it go through everything soon after the load, while the event loop
    stands still for 30 ms: so they are put straight to the old ones. That is what ``unfreeze``
    does with all that is frozen, so it is not for a host that has frozen its own.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _bind(modules: Mapping[str, ModuleType]) -> None:
    """Make modules attributes of their packages, as an import does that really loads them.

    A reload makes ``cogs.debug`` anew: without this it would lack all that is found again below it.
    """
    for name, module in modules.items():
        package, _, attribute = name.rpartition(".")
        parent = sys.modules.get(package)
        if parent is None or vars(parent).get(attribute) is module:
            continue
        before = getattr(parent, attribute, None)
        if before is None or _file(before) == _file(module):  # not a host's own
            setattr(parent, attribute, module)


def _file(module: object) -> object:
    return getattr(module, "__file__", None)


def _stamps(root: Path) -> Stamps:
    """List the size in bytes and the time of change of all modules; a zip file tells none."""
    found: dict[str, dict[str, Stamp]] = {}
    folders = [os.path.join(root, *folder.split("/")) for folder in FOLDERS]  # noqa: PTH118 - fast
    while folders:
        folder = folders.pop(0)
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    found.setdefault(folder, {})[entry.name] = stamp_of(entry.stat())
                elif entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)
    return found


def _parts(root: Path, stamps: Stamps, read: FilesAtLoad) -> Iterator[Parts]:
    """List what belongs to each package of ours, a package before what is in it."""
    start = len(str(root)) + 1
    for folder, files in stamps.items():
        package = folder[start:].replace(os.sep, ".")
        init = f"{folder}{os.sep}__init__.py"
        if "__init__.py" in files:
            above, _, _ = package.rpartition(".")
            home = f"{os.path.dirname(folder)}{os.sep}__init__.py"  # noqa: PTH120 - fast
            yield above, home, {package: (init, files["__init__.py"], read, True)}
        yield (
            package,
            init,
            {
                f"{package}.{file[:-3]}": (f"{folder}{os.sep}{file}", stamp, read, False)
                for file, stamp in files.items()
                if not file.startswith("__")
            },
        )


def _digest(root: Path, stamps: Stamps) -> bytes:
    """Hash the names and contents of modules, some 5 ms."""
    digest = hashlib.blake2b()
    for path in sorted(f"{folder}{os.sep}{file}" for folder in stamps for file in stamps[folder]):
        content = b""
        with contextlib.suppress(OSError), open(path, "rb", buffering=0) as file:  # noqa: PTH123 - fast
            content = file.read()
        name = path.removeprefix(str(root))
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.digest()


def _version(root: Path) -> str:
    """Read the version from the disk; empty where it is not found."""
    try:
        text = (root / "services" / "debugcog" / "version.py").read_text(encoding="utf-8")
    except OSError:
        return ""
    return f"\n{text}".partition(VERSION)[2].partition('"')[0]
