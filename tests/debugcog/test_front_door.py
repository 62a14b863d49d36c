"""What keeps the two names of the extension the only ones, and the code in a process one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FACE = sorted((ROOT / "cogs" / "debug").rglob("*.py"))
FRONT_DOORS = {ROOT / "debugcog" / "__init__.py", ROOT / "cogs" / "debug" / "__init__.py"}


def names_in(tree: ast.Module) -> Iterator[str]:
    """Names that a module gets by a definition or an import, wherever that stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def test_no_module_but_the_front_doors_has_a_setup_that_a_loader_of_every_file_would_call() -> None:
    found = {
        path
        for path in [*FACE, *(ROOT / "debugcog").glob("*.py")]
        if "setup" in names_in(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == FRONT_DOORS


def late_imports(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def test_no_function_imports_anything_since_what_runs_late_is_named_by_its_module() -> None:
    """An import at work would find what an upgrade has put on the disk (``deferred``)."""
    assert [place for path in FACE for place in late_imports(path)] == []


def test_the_front_door_imports_nothing_but_ours_and_types() -> None:
    tree = ast.parse((ROOT / "debugcog" / "__init__.py").read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {str(module).partition(".")[0] for module in modules} == {
        *("collections", "typing", "debugcog", "cogs", "services"),
    }
