"""Discord's OpenAPI description and a request → the violations in the request.

The file is ``openapi.json`` of https://github.com/discord/discord-api-spec. It is used where the
environment variable DISCORD_OPENAPI or the caller names one, and is no part of the sandbox.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from discord_sandbox.world.core import SandboxError

VARIABLE = re.compile(r"\{[^}]*\}")
WHOLE = re.compile(r"-?[0-9]{1,20}")
TRUTH = {"true": True, "1": True, "false": False, "0": False}
NULL = {"type": "null"}
ROOT = "urn:discord"
PERMISSIONS = frozenset({"permissions", "allow", "deny", "default_member_permissions"})
"""Numbers that are sent as texts: https://discord.com/developers/docs/topics/permissions."""
JSON_BODY = ("requestBody", "content", "application/json", "schema")
REMEMBERED = 256
"""Bodies that were looked at last: a bot registers the same commands at each start."""
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a request is not what Discord describes."""

    method: str
    route: str
    path: str  # JSON path, such as $.embeds[0].title; or ?limit of the query, {channel_id}
    message: str

    def __str__(self) -> str:
        return f"{self.method} {self.route}: {self.path}: {self.message}"


@functools.cache
def load(path: Path) -> OpenAPI:
    """Read the description once for all sandboxes.

    Raises:
        SandboxError: the file cannot be read, or the jsonschema package is not installed.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return OpenAPI(document)
    except (OSError, ValueError, ImportError) as error:
        raise SandboxError(f"requests cannot be checked against {path}: {error}") from error


class OpenAPI:
    """The description, made exact: its loose unions are told apart by ``type``.

    Args:
        document: the parsed file; it is changed in place.
    """

    def __init__(self, document: Schema) -> None:
        import jsonschema
        import referencing
        from referencing.jsonschema import DRAFT202012

        self._document = document
        self._schemas: dict[str, Schema] = document["components"]["schemas"]
        _sharpen(document, self._schemas)
        self._schemas["SnowflakeType"]["type"] = ["string", "integer"]  # Discord takes both
        resource = DRAFT202012.create_resource(document)
        self._registry = referencing.Registry().with_resource(ROOT, resource)
        self._validator = jsonschema.Draft202012Validator
        self._formats = jsonschema.FormatChecker(formats=())
        self._formats.checks("date-time", ValueError)(_is_time)
        self._paths = {_plain(path): (path, item) for path, item in document["paths"].items()}
        self._by_length: dict[int, list[str]] = {}
        for path in sorted(document["paths"], key=_variables):
            self._by_length.setdefault(path.count("/") + 1, []).append(path)
        self._compiled: dict[tuple[str, ...], Any] = {}
        self._found = functools.lru_cache(REMEMBERED)(self._find)
        self._described = functools.lru_cache(REMEMBERED)(self._look_up)

    def request(
        self, method: str, path: str, body: Any, query: Iterable[tuple[str, str]] = ()
    ) -> Iterator[Violation]:
        """Yield what is wrong with a request.

        Args:
            method: the HTTP method.
            path: the path below ``/api/v10``, as it was sent.
            body: the JSON body; None for none that can be read.
            query: the query's variables; those that Discord does not describe are ignored.
        """
        found = self._described(method, path)
        if found is None:
            yield Violation(method, path, "$", "Discord describes no such request")
            return
        route, operation = found
        for where, message in chain(
            self._parameters(method, route, path, query), self._body(method, route, operation, body)
        ):
            yield Violation(method, route, where, message)

    def answer(self, method: str, route: str, status: int, body: Any) -> Iterator[Violation]:
        """Yield what is wrong with an answer; only what Discord describes is looked at."""
        found = self._operation(method, route)
        described = found[1]["responses"].get(str(status)) if found else None
        if found is None or described is None or "content" not in described:
            return
        content = ("responses", str(status), "content", "application/json", "schema")
        for where, message in self.issues(("paths", found[0], method.lower(), *content), body):
            yield Violation(method, route, where, message)

    def issues(self, pointer: tuple[str, ...], value: Any) -> Iterator[tuple[str, str]]:
        """Yield the JSON path and the text of what a value breaks of the schema at a pointer."""
        yield from self._found(pointer, json.dumps(value))

    def _find(self, pointer: tuple[str, ...], text: str) -> list[tuple[str, str]]:
        worst = map(_deepest, self._compile(pointer).iter_errors(json.loads(text)))
        return [(each.json_path, each.message) for each in worst]

    def _look_up(self, method: str, path: str) -> tuple[str, Schema] | None:
        """Return the route that a path is of; words in it come before variables."""
        steps = path.split("/")
        for route in self._by_length.get(len(steps), ()):
            if all(a == b or a[:1] == "{" for a, b in zip(route.split("/"), steps, strict=True)):
                found = self._operation(method, route)
                if found:
                    return found
        return None

    def _operation(self, method: str, route: str) -> tuple[str, Schema] | None:
        path, item = self._paths.get(_plain(route), ("", {}))
        operation = item.get(method.lower())
        return None if operation is None else (path, operation)

    def _parameters(
        self, method: str, route: str, path: str, query: Iterable[tuple[str, str]]
    ) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the variables of path and query."""
        given: dict[str, list[str]] = {}
        for name, text in query:
            given.setdefault(name, []).append(text)
        steps = zip(route.split("/"), path.split("/"), strict=True)
        given |= {step: [unquote(text)] for step, text in steps if step[:1] == "{"}
        item = self._document["paths"][route]
        for pointer in (("parameters",), (method.lower(), "parameters")):
            holder = item if len(pointer) == 1 else item[method.lower()]
            for index, each in enumerate(holder.get("parameters", ())):
                name = each["name"] if each["in"] == "query" else f"{{{each['name']}}}"
                place = f"?{name}" if each["in"] == "query" else name
                if name in given:
                    value = _read(self._type(each["schema"]), given[name])
                    schema = ("paths", route, *pointer, str(index), "schema")
                    for where, message in self.issues(schema, value):
                        yield place + where[1:], message
                elif each.get("required"):
                    yield place, "the parameter is missing"

    def _type(self, schema: Schema) -> Any:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        return self._schemas.get(name, schema).get("type")

    def _body(
        self, method: str, route: str, operation: Schema, body: Any
    ) -> Iterator[tuple[str, str]]:
        wanted = operation.get("requestBody")
        if body is None:
            if wanted and wanted.get("required"):
                yield "$", "a body that can be read is missing"
        elif wanted and "application/json" in wanted["content"]:
            yield from self.issues(("paths", route, method.lower(), *JSON_BODY), body)

    def _compile(self, pointer: tuple[str, ...]) -> Any:
        if pointer not in self._compiled:
            steps = "/".join(step.replace("~", "~0").replace("/", "~1") for step in pointer)
            reference = {"$ref": f"{ROOT}#/{steps.replace('{', '%7B').replace('}', '%7D')}"}
            self._compiled[pointer] = self._validator(
                reference, registry=self._registry, format_checker=self._formats
            )
        return self._compiled[pointer]


def _variables(path: str) -> list[bool]:
    """Return for each step whether it is a variable: sorts words before variables."""
    return [step[:1] == "{" for step in path.split("/")]


def _plain(path: str) -> str:
    return VARIABLE.sub("{}", path)


def _is_time(value: Any) -> bool:
    """Read a time, which raises where it is none; what is no text is a matter of its type."""
    return not isinstance(value, str) or bool(dt.datetime.fromisoformat(value))


def _read(kind: Any, texts: list[str]) -> Any:
    """Return a variable as the type that it is described by, or as text where it is none."""
    if kind == "array":
        return ",".join(texts).split(",")
    text = texts[-1]
    if kind == "integer" and WHOLE.fullmatch(text):
        return int(text)
    return TRUTH.get(text.lower(), text) if kind == "boolean" else text


def _deepest(error: Any) -> Any:
    """Return, of the branches of a union that all fail, the error that got furthest."""
    while error.context:
        error = max(error.context, key=lambda each: len(each.absolute_path))
    return error


def _sharpen(node: Any, schemas: Mapping[str, Schema]) -> None:
    """Rewrite unions so that a failure names the place in the variant that was meant."""
    if isinstance(node, list):
        for each in node:
            _sharpen(each, schemas)
    if not isinstance(node, dict):
        return
    for each in node.values():
        _sharpen(each, schemas)
    for name in PERMISSIONS & node.get("properties", {}).keys():
        _as_text(node["properties"][name])
    for word in ("oneOf", "anyOf"):
        variants = node.get(word)
        if isinstance(variants, list) and (exact := _exact(variants, schemas)) is not None:
            del node[word]
            node.setdefault("allOf", []).append(exact)


def _as_text(number: Schema) -> None:
    kinds = number.get("type")
    if isinstance(kinds, list) and "integer" in kinds:
        number |= {"type": [*kinds, "string"], "pattern": "^[0-9]+$"}


def _exact(variants: list[Schema], schemas: Mapping[str, Schema]) -> Schema | None:
    """Return a schema that means the same as a union, or None where nothing tells it apart."""
    real = [each for each in variants if each != NULL]
    if all("const" in each for each in real):
        return {"enum": [each["const"] for each in real] + [None] * (NULL in variants)}
    if len(real) == 1:
        chosen = real[0]
    else:
        kinds = [_kinds(each, schemas) for each in real]
        if not all(kinds) or len(set().union(*kinds)) != sum(map(len, kinds)):
            return None
        chosen = _by_type(real, kinds)
    return {"if": NULL, "else": chosen} if NULL in variants else chosen


def _kinds(variant: Schema, schemas: Mapping[str, Schema]) -> set[Any]:
    name = str(variant.get("$ref", "")).rpartition("/")[2]
    described = schemas.get(name, variant)
    return set(described.get("properties", {}).get("type", {}).get("enum", ()))


def _by_type(variants: list[Schema], kinds: list[set[Any]]) -> Schema:
    known = sorted(set().union(*kinds))
    outer = {"required": ["type"], "properties": {"type": {"enum": known}}}
    branches = [
        {"if": {"properties": {"type": {"enum": sorted(kind)}}}, "then": variant}
        for variant, kind in zip(variants, kinds, strict=True)
    ]
    return {"type": "object", **outer, "allOf": branches}
