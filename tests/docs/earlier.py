"""A block and those before it → the imports and definitions of theirs that it needs."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence


def definitions(
    block: ast.Module, earlier: Sequence[ast.Module], known: Collection[str]
) -> list[ast.stmt]:
    """List the statements of earlier blocks that give a block its names, in their order.

    Args:
        block: the block.
        earlier: the blocks before it.
        known: names that it has anyway.
    """
    statements = [statement for module in earlier for statement in module.body]
    binding = {name: at for at, one in enumerate(statements) for name in _bound(one)}
    own = {name for statement in block.body for name in _bound(statement)}
    needed: set[int] = set()
    wanted = names_in(block) - own
    while wanted:
        name = wanted.pop()
        at = binding.get(name)
        if at is not None and at not in needed and name not in known:
            needed.add(at)
            wanted |= names_in(statements[at])
    return [statements[at] for at in sorted(needed)]


def names_in(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _bound(statement: ast.stmt) -> list[str]:
    """The names that a statement imports or defines."""
    match statement:
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return [alias.asname or alias.name.partition(".")[0] for alias in aliases]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []
