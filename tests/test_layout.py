"""The layout holds: who may import whom, and who alone may import what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("cogs", "services", "discord_sandbox", "demo")
FORBIDDEN = {
    "services": {"discord", "cogs", "discord_sandbox", "demo"},
    "discord_sandbox": {"discord", "cogs", "services", "demo"},
    "cogs": {"discord_sandbox", "demo", "matplotlib", "psutil", "dotenv"},
}
OWNERS = {
    "matplotlib": {"services/debugcog/charting/charts.py"},
    "psutil": {"services/debugcog/process/samplers.py"},
    "dotenv": {"services/debugcog/settings.py"},
}


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def needed(path: Path, modules: set[str]) -> set[str]:
    """Modules that imports ask for: of ``from package import module``, the module."""
    found = set(imports(path)) & modules
    return {name for name in found if not any(other.startswith(f"{name}.") for other in found)}


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_a_folder_imports_nothing_that_is_above_it(folder: str) -> None:
    found = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(folder)
        for name in imports(path)
        if name.partition(".")[0] in FORBIDDEN[folder]
    }
    assert found == set()


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_has_one_owner(library: str) -> None:
    importers = {
        str(path.relative_to(ROOT))
        for path in sources(*FOLDERS)
        if any(name.partition(".")[0] == library for name in imports(path))
    }
    assert importers == OWNERS[library]


def test_only_the_settings_read_the_environment_and_the_chart_worker_passes_on_some_of_it() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in sources("cogs", "services")
        if any(word in path.read_text() for word in ("os.environ", "os.getenv"))
    }
    assert readers == {"services/debugcog/settings.py", "services/debugcog/charting/worker.py"}


def test_renderers_import_models_and_formatting_only() -> None:
    engines = (
        "store",
        "metrics",
        "logs",
        *(f"outbox.{part}" for part in ("posts", "dispatch", "settlement", "channels", "receipts")),
        "charting.worker",
        "errors.store",
        "errors.hooks",
    )
    for path in sources("cogs/debug/replies"):
        for name in imports(path):
            assert not name.startswith(tuple(f"services.{engine}" for engine in engines)), path


def test_imports_make_no_circle() -> None:
    modules = {name_of(path): path for path in sources(*FOLDERS)}
    graph = {name: needed(path, set(modules)) - {name} for name, path in modules.items()}
    while graph:
        leaves = {name for name, needs in graph.items() if not needs & set(graph)}
        assert leaves, f"these import each other: {sorted(graph)}"
        graph = {name: needs for name, needs in graph.items() if name not in leaves}


def test_every_module_says_in_its_first_line_what_goes_in_and_comes_out() -> None:
    for path in sources(*FOLDERS):
        docstring = ast.get_docstring(ast.parse(path.read_text()))
        assert docstring, path
        assert len(docstring.splitlines()[0]) <= 100, path


def test_cogs_and_services_are_namespace_packages() -> None:
    assert not (ROOT / "cogs" / "__init__.py").exists()
    assert not (ROOT / "services" / "__init__.py").exists()
