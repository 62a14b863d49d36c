"""The layout holds: who may import whom, who alone may import what, and how long a file is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("debugcog", "cogs", "services", "discord_sandbox", "demo")
LINES_MAX = 300
LAYERS = {
    "services/debugcog": (
        "frozen interpreter wording patterns near_names",
        "guard",
        "exceptions invisible",
        "host_text level_names",
        "record_kinds container_text",
        "log_message readable_record stack_memory",
        "tracebacks",
        "exception_memory",
        "log_exception",
        "units steady_clock ticker ended_loops periodic faults levels setting_kinds whole_parts",
        "windows setting_keys setting_file library_folders threads",
        "host_files",
        "process stalls file_errors shield version calls",
        "files_at_load",
        "deferred",
        "loaded_code inspection",
        "redaction state",
        "settings charting logfile timeseries outbox",
        "metrics errors logs setting_warnings",
        "alerting performance tracing heartbeat activity costs audit stall_store",
        "users gateway tasks",
        "diagnosis",
        "answers prometheus",
        "web",
        "bundle",
    ),
    "cogs/debug": ("ui", "capture delivery features", "app", "__main__"),
    "discord_sandbox": (
        "world",
        "cdn openapi rules wire",
        "gateway",
        "rest people",
        "faults record",
        "page fault_command",
        "server",
        "replay",
        "__main__",
    ),
}
"""The modules and sub-packages of a folder, from low to high: each imports lower layers only."""
FORBIDDEN = {
    "services": {"discord", "cogs", "debugcog", "discord_sandbox", "demo"},
    "discord_sandbox": {"discord", "cogs", "services", "debugcog", "demo"},
    "debugcog": {"discord", "discord_sandbox", "demo"},
    "cogs": {"debugcog", "discord_sandbox", "demo", "matplotlib", "psutil", "dotenv"},
}
OWNERS = {
    "matplotlib": {"services/debugcog/charting/canvas.py"},
    "psutil": {
        "services/debugcog/process/system_figures.py",
        "services/debugcog/process/samplers.py",  # for the type checker only
    },
    "dotenv": {"services/debugcog/setting_file.py"},
    "prometheus_client": {
        "services/debugcog/prometheus/collector.py",
        "services/debugcog/prometheus/exposition.py",  # for the type checker only
    },
}


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def with_word(word: str, *folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the files that have a word, and their trees: to read all of them takes seconds."""
    return ((path, tree(path)) for path in sources(*folders) if word in path.read_text())


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(path: Path) -> tuple[str, ...]:
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
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
        if any(word in path.read_text() for word in FORBIDDEN[folder])  # it takes long to read all
        for name in imports(path)
        if name.partition(".")[0] in FORBIDDEN[folder]
    }
    assert found == set()


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_has_one_owner(library: str) -> None:
    importers = {
        str(path.relative_to(ROOT))
        for path in sources(*FOLDERS)
        if library in path.read_text()
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


@pytest.mark.parametrize("folder", LAYERS)
def test_nothing_imports_its_own_layer_or_one_that_is_above_it(folder: str) -> None:
    layer = {name: number for number, line in enumerate(LAYERS[folder]) for name in line.split()}
    modules = {name_of(path): path for path in sources(folder)}
    part = {name: part_of(name, folder) for name in modules}
    layer[""] = len(layer)  # the folder's own __init__.py is above all of it
    assert set(part.values()) | {""} == set(layer), "each part stands in one layer"
    upward = {
        f"{name} imports {other}"
        for name, path in modules.items()
        for other in needed(path, set(modules))
        if part[name] != part[other] and layer[part[name]] <= layer[part[other]]
    }
    assert upward == set()


def part_of(module: str, folder: str) -> str:
    """Name the module or sub-package of a folder that a module belongs to; empty for its own."""
    return module.removeprefix(folder.replace("/", ".")).lstrip(".").partition(".")[0]


def test_our_modules_are_imported_from_our_own_folder() -> None:
    """``services.metrics`` may be a file of the host's."""
    for path in sources("cogs", "services"):
        for name in imports(path):
            if name.partition(".")[0] == "services":
                assert name == "services" or name.startswith("services.debugcog"), path


def test_renderers_import_frozen_models_units_and_the_reply_model_only() -> None:
    models = (
        *(
            "frozen",
            "units",
            "wording",
            "windows",
            "patterns",
            "settings",
            "setting_kinds",
            "levels",
        ),
        *(
            f"alerting.{one}"
            for one in ("advice", "causes", "crash", "incident_parts", "incidents")
        ),
        *(f"alerting.{one}" for one in ("reads", "rule_status", "rules", "sentences")),
        *(f"charting.{one}" for one in ("chart_spec", "sparklines", "waterfall")),
        *(f"errors.{one}" for one in ("groups", "records", "sentences")),
        *(
            f"logfile.{one}"
            for one in ("excerpt", "filter", "line", "lines", "obstacles", "pattern_program")
        ),
        *("outbox.outcomes", "outbox.records", "gateway.status_page", "stalls.stall"),
        *("process.fatal_error", "process.samplers", "tasks.groups", "tasks.loop_row"),
        *(f"timeseries.{one}" for one in ("metric_names", "snapshot", "stretch", "trend")),
    )
    allowed = tuple(f"services.debugcog.{name}" for name in models)
    packages = tuple(f"services.debugcog.{one}." for one in ("answers", "bundle", "diagnosis"))
    ours = {name_of(path) for path in sources("services")}
    renderers = [
        path
        for path in sources("cogs/debug/features")
        if path.stem not in ("__init__", "actions", "command", "handlers")
        and path.parent.name != "checks"
    ]
    assert len(renderers) > 5
    found = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in renderers
        for name in needed(path, ours)
        if name not in allowed and not name.startswith(packages)
    }
    assert found == set()


def test_a_feature_imports_no_other_feature() -> None:
    folder = "cogs.debug.features."
    found = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources("cogs/debug/features")
        for name in imports(path)
        if name.startswith(folder)
        and name.removeprefix(folder).partition(".")[0] != path.parent.name
    }
    assert found == set()


def test_only_the_composition_root_and_the_extensions_build_services() -> None:
    services = ("Database", "ErrorStore", "Evaluator", "AlertService", "Sender", "ChartWorker")
    builders = {
        str(path.relative_to(ROOT))
        for service in services
        for path, module in with_word(f"{service}(", "cogs", "services")
        for call in ast.walk(module)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == service
    }
    assert builders == {"cogs/debug/app/alerting.py", "cogs/debug/app/build.py"}


def test_imports_make_no_circle() -> None:
    modules = {name_of(path): path for path in sources(*FOLDERS)}
    graph = {name: needed(path, set(modules)) - {name} for name, path in modules.items()}
    while graph:
        leaves = {name for name, needs in graph.items() if not needs & set(graph)}
        assert leaves, f"these import each other: {sorted(graph)}"
        graph = {name: needs for name, needs in graph.items() if name not in leaves}


def test_every_module_says_in_its_first_line_what_it_does() -> None:
    for path in sources(*FOLDERS):
        first = path.read_text().partition("\n")[0]
        assert re.fullmatch(r'r?"""\S.{0,99}', first.removesuffix('"""')), path


def test_frozen_dataclasses_are_made_by_our_own_decorator() -> None:
    """It takes a fifth of the time of the usual one, and there are more than 150 of them."""
    found = {
        str(path.relative_to(ROOT))
        for path in sources("cogs", "services")
        if "dataclass(frozen=" in path.read_text() and path.name != "frozen.py"
    }
    assert found == set()


BEFORE_OURS = ("host.py", "loaded_code.py", "pattern_program.py")
"""Modules that run before ours can be imported."""


def test_patterns_are_compiled_when_they_are_used_first() -> None:
    """Most of them never are, and together they take tens of ms."""
    found = {
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, module in with_word("re.compile", "cogs", "services")
        for statement in module.body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "re.compile"
        if path.name not in BEFORE_OURS
    }
    assert found == set()


def test_commands_are_made_with_annotations_that_are_no_texts() -> None:
    """discord.py evaluates each text by itself, a tenth of what it takes to load the cog."""
    found = {
        path.parent.name
        for path in (ROOT / "cogs" / "debug" / "features").glob("*/command.py")
        if "import annotations" in path.read_text() or "@slash_command" not in path.read_text()
    }
    assert found == set()


def test_no_file_is_long() -> None:
    long = {
        f"{path.relative_to(ROOT)} has {lines} lines"
        for path in sources(*FOLDERS)
        if (lines := len(path.read_text().splitlines())) > LINES_MAX
    }
    assert long == set()


def test_no_statement_numbers_its_parameters() -> None:
    """Python 3.12 warns of ``?1`` with a sequence, 3.14 refuses it; repeated ones have names."""
    found = {
        f"{path.relative_to(ROOT)}:{text.lineno}: {text.value}"
        for path, module in with_word("?", "cogs", "services")
        for text in ast.walk(module)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
        if re.search(r"\?[0-9]", text.value)
    }
    assert found == set()


def test_our_loggers_are_named_debugcog() -> None:
    """The capture of errors knows our own lines by it, and so does who sets levels."""
    found = {
        f"{path.relative_to(ROOT)} has {ast.unparse(call)}"
        for path, call in _calls_of("own_logger")
        for name in call.args[:1]
        if isinstance(name, ast.Constant) and str(name.value).partition(".")[0] != "debugcog"
    }
    assert found == set()


def test_no_logger_of_ours_lets_code_of_the_host_break_in() -> None:
    """Whatever a handler raises: a logger by its name alone is one of the host's."""
    found = {
        f"{path.relative_to(ROOT)} has {ast.unparse(call)}"
        for path, call in _calls_of("getLogger")
        for name in call.args[:1]
        if isinstance(name, ast.Constant) or ast.unparse(name) in ("__name__", "OWN_LOGGER")
    }
    assert found == set()


def _calls_of(function: str) -> Iterator[tuple[Path, ast.Call]]:
    for path, module in with_word(function, "cogs", "services"):
        for call in ast.walk(module):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(function):
                yield path, call


def test_cogs_and_services_are_namespace_packages() -> None:
    assert not (ROOT / "cogs" / "__init__.py").exists()
    assert not (ROOT / "services" / "__init__.py").exists()


def test_a_request_by_the_hosts_client_is_never_awaited_as_it_is() -> None:
    """A cancellation of it can lock that client for good: see ``shield.left_alone``."""
    found = {
        f"{path.relative_to(ROOT)}:{awaited.lineno}"
        for path, module in with_word("http.", "cogs")
        if path.parent.name != "delivery"  # it has a client of its own, and closes it
        for awaited in ast.walk(module)
        if isinstance(awaited, ast.Await) and isinstance(awaited.value, ast.Call)
        if ast.unparse(awaited.value.func).startswith(("http.", "bot.http.", "self._bot.http."))
    }
    assert found == set()


SENDS = {"edit_message", "edit_original_response", "reply", "send", "send_message"}
"""Methods of discord.py that show a text; ``edit`` is one where it is given some."""


def test_whatever_is_sent_says_whom_its_mentions_may_ping() -> None:
    found = set()
    for path in sources("cogs"):
        for call in ast.walk(tree(path)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                given, name = {one.arg for one in call.keywords}, call.func.attr
                sends = name in SENDS or (name == "edit" and given & {"content", "embeds"})
                if sends and "allowed_mentions" not in given:
                    found.add(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert found == set()
