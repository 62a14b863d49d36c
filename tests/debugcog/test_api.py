"""docs/api.md has all of the public API, with its signatures; tests/docs runs its code."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import debugcog
from services.debugcog.users.provider import METHODS as METHODS_OF_USERS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE))
METHODS = re.findall(r"^- `((\w+)\(.*\))`:", SECTIONS["MetricsService"], re.MULTILINE)
OPAQUE = ("Rule", "Settings", "SettingsError", "UserProvider")
"""Classes whose section names the type alone: how one is made is said elsewhere."""
FOR_THE_COG = {
    "describe",
    "grouped_points",
    "stretch",
    "recorded",
    "fold",
    "totals",
    "carry",
    "restore",
    "closed_since",
    "summaries",
    "grouped",
    "settle",
    "take_sums",
    "lazy_snapshot",
    "gauges",
}


def written(signature: str) -> list[tuple[str, str, str]]:
    """Read a signature of the page: kind, name and default of each parameter."""
    (function,) = ast.parse(f"def {signature}: ...").body
    assert isinstance(function, ast.FunctionDef)
    return _parameters(function)


def real(function: Any) -> list[tuple[str, str, str]]:
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name != "self"
    ]
    signature = inspect.Signature(parameters)
    text = re.sub(r"(?:Posix|Windows)Path", "Path", str(signature))
    clocks = re.sub(r"<built-in function (\w+)>", r"time.\1", text)
    return written(f"name{clocks}")


def _parameters(function: ast.FunctionDef) -> list[tuple[str, str, str]]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [""] * (len(positional) - len(arguments.defaults))
    defaults += [ast.unparse(default) for default in arguments.defaults]
    named = [ast.unparse(default) if default else "" for default in arguments.kw_defaults]
    kinds = ["/"] * len(arguments.posonlyargs) + ["any"] * len(arguments.args)
    found = [
        *zip(kinds, (one.arg for one in positional), defaults, strict=True),
        *(("*", one.arg, text) for one, text in zip(arguments.kwonlyargs, named, strict=True)),
    ]
    return found + ([("**", arguments.kwarg.arg, "")] if arguments.kwarg else [])


def test_the_page_has_a_section_for_each_public_name_and_no_other() -> None:
    assert sorted(SECTIONS) == sorted(debugcog.__all__)
    assert all(hasattr(debugcog, name) for name in debugcog.__all__)


@pytest.mark.parametrize("name", sorted(set(debugcog.__all__) - set(OPAQUE)))
def test_the_signature_on_the_page_is_the_real_one(name: str) -> None:
    first = SECTIONS[name].strip().splitlines()[0].strip("`")
    assert first.startswith(f"{name}(")
    assert written(first) == real(getattr(debugcog, name))


def test_the_page_has_each_method_of_the_service_with_its_signature() -> None:
    public = {name for name in dir(debugcog.MetricsService) if not name.startswith("_")}
    assert {name for _, name in METHODS} | FOR_THE_COG == public - {"refused", "strict"} | {
        "gauges"  # made by the constructor
    }
    for signature, name in METHODS:
        assert written(signature) == real(getattr(debugcog.MetricsService, name))


def test_the_page_has_each_method_of_a_user_provider_with_its_signature() -> None:
    section = SECTIONS["UserProvider"]
    methods = re.findall(r"^- `((\w+)\(.*\)) -> .*`:", section, re.MULTILINE)
    assert [name for _, name in methods] == list(METHODS_OF_USERS)
    for signature, name in methods:
        names = [parameter[1] for parameter in real(getattr(debugcog.UserProvider, name))]
        assert [parameter[1] for parameter in written(signature)] == names


@pytest.mark.parametrize("kind", [debugcog.Snapshot, debugcog.Summary])
def test_the_page_has_each_attribute_of_what_a_rule_reads(kind: Any) -> None:
    attributes = {field.name for field in dataclasses.fields(kind)}
    attributes |= {name for name, found in vars(kind).items() if isinstance(found, property)}
    prose = SECTIONS[kind.__name__].partition("```\n")[2]
    assert {name for name in attributes if f"`{name}`" not in prose} == set()


def test_importing_debugcog_starts_nothing_and_imports_no_matplotlib() -> None:
    program = (
        "import sys, threading, debugcog;"
        "print([name for name in ('matplotlib', 'numpy') if name in sys.modules],"
        " [thread.name for thread in threading.enumerate()])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[] ['MainThread']\n"
