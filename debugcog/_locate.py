"""Import setup: makes our packages importable where the host's own packages hide them.

A host's own ``cogs`` and ``services`` may hide ours: as regular packages, as a module
``services.py``, as a ``cogs/debug.py``. All our code says ``from services.debugcog.x import y``,
and Python looks for ``services.debugcog.x`` by way of ``sys.modules["services.debugcog"]``; it asks
for ``services`` only where that is missing. So what is entered there is found in every host, and
the host's own modules stay as they are.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

ENGINE = "services.debugcog"
FACE = "cogs.debug"


class Found:
    """Where the ordinary search for a module ends; no dataclass, whose making takes 0.5 ms.

    Attributes:
        file: its file; None for a folder without ``__init__.py``.
        locations: where its submodules are looked for; None for what is no package.
    """

    def __init__(self, file: str | None, locations: tuple[str, ...] | None) -> None:
        self.file = file
        self.locations = locations

    def is_in(self, folder: Path) -> bool:
        """Tell whether it is the package of a folder."""
        return self.file is not None and _same(os.path.dirname(self.file), folder)  # noqa: PTH120 - in a zip too


@contextlib.contextmanager
def located() -> Iterator[None]:
    """Let imports of ours in the block find our files, once for each process.

    Raises:
        ImportError: there is another copy, the files have changed since they were loaded, or the
            host's own ``cogs.debug`` has modules of the same names.
    """
    locate(Path(__file__).parents[1])
    from services.debugcog.loaded_code import loaded_code

    with loaded_code().imported_once():
        yield


def locate(root: Path) -> None:
    """Enter our packages in ``sys.modules`` where the ordinary search does not end at them.

    Args:
        root: the folder that has ``services/debugcog`` and ``cogs/debug``.

    Raises:
        ImportError: there is another copy, or the host's own ``cogs.debug`` has modules of the
            same names.
    """
    engine, face = (root.joinpath(*name.split(".")) for name in (ENGINE, FACE))
    for parent in (engine.parent, face.parent):
        _stand_in(parent)
    found = _search(ENGINE)
    if found is None or found.file is None:
        _enter(ENGINE, engine)
    elif not found.is_in(engine):
        raise ImportError(
            f"there are two copies of DebugCog: {engine} and {Path(found.file).parent}; remove one"
        )
    found = _search(FACE)
    if found is None:
        _enter(FACE, face)
    elif not found.is_in(face):  # the host's own keeps the name, and our parts go below it
        parts = {f"{FACE}.{path.parent.name}": path.parent for path in face.glob("*/__init__.py")}
        _refuse_taken(parts, found.locations or ())
        for name in parts.keys() - sys.modules.keys():
            _enter(name, parts[name])


def _stand_in(folder: Path) -> None:
    """Make a package of ``cogs/`` or ``services/`` where the host has none and ours is not found.

    So it is where debugcog was not imported by way of ``sys.path``.
    """
    name = folder.name
    if name not in sys.modules and importlib.util.find_spec(name) is None:
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        sys.modules[name] = importlib.util.module_from_spec(spec)


def _search(name: str) -> Found | None:
    """Search as an import would, but import no parent package: it is the host's."""
    module = sys.modules.get(name)
    if module is not None:
        return _found(module)
    locations = _locations(name.rpartition(".")[0])
    return None if locations is None else _search_in(locations, name)


def _found(module: ModuleType) -> Found:
    return Found(getattr(module, "__file__", None), _texts(getattr(module, "__path__", None)))


def _search_in(locations: Iterable[str], name: str) -> Found | None:
    """Search as Python's ``PathFinder``, which wants the parent to have been imported."""
    portions: list[str] = []
    for location in locations:
        finder = pkgutil.get_importer(location)
        spec = finder.find_spec(name) if finder else None
        if spec is not None and spec.loader is not None:
            return Found(spec.origin, _texts(spec.submodule_search_locations))
        portions += (spec and spec.submodule_search_locations) or ()
    return Found(None, tuple(portions)) if portions else None


def _locations(package: str) -> tuple[str, ...] | None:
    module = sys.modules.get(package)
    if module is not None:
        return _texts(getattr(module, "__path__", None))
    spec = importlib.util.find_spec(package)
    return _texts(spec.submodule_search_locations) if spec else None


def _texts(locations: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if locations is None else tuple(map(str, locations))


def _refuse_taken(parts: Mapping[str, Path], locations: tuple[str, ...]) -> None:
    for name, folder in sorted(parts.items()):
        module = sys.modules.get(name)
        found = _search_in(locations, name) if module is None else _found(module)
        if found is not None and not found.is_in(folder):
            place = found.file or str(found.locations)
            raise ImportError(f"{place} has the name of a part of DebugCog, {name}: rename it")


def _enter(name: str, folder: Path) -> None:
    """Import a package by its place; nothing of it stays when that fails."""
    finder = pkgutil.get_importer(str(folder.parent))
    spec = finder.find_spec(name) if finder else None
    if spec is None or spec.loader is None:
        raise ImportError(f"DebugCog is not whole: {folder} is missing; install it again")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    package, _, attribute = name.rpartition(".")
    parent = sys.modules.get(package)
    if parent is not None and not hasattr(parent, attribute):
        setattr(parent, attribute, module)


def _same(one: str, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
