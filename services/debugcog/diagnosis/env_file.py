"""Check: ``.env``: found where, not found, or without effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from services.debugcog.diagnosis.findings import Finding, note, warning
from services.debugcog.settings import SettingsError, shadowed
from services.debugcog.wording import counted

NAME = ".env"


def env_file(
    folder: Path, others: Sequence[Path], misspelt: Sequence[tuple[str, str]]
) -> Iterator[Finding]:
    """Look for the file, and for keys that do nothing.

    Args:
        folder: in which the bot runs.
        others: where the file may have been put instead.
        misspelt: pairs of a key that is not known and the one that was probably meant.
    """
    path = folder / NAME
    if path.is_file():
        yield from _shadowed(path)
    else:
        yield from _missing(path, others)
    for wrong, right in misspelt:
        yield warning("A setting is misspelt", f"{wrong}; did you mean {right}?", fix="Correct it.")


def _shadowed(path: Path) -> Iterator[Finding]:
    try:
        keys = shadowed(env_file=path)
    except SettingsError as error:
        yield warning("`.env` cannot be read", f"{path}: {error}", fix="Save it as UTF-8 text.")
        return
    if keys:
        title = f"{counted(len(keys), 'key')} of `.env` without effect"
        fix = "The environment has other values, and wins: remove them there, or in `.env`."
        yield warning(title, ", ".join(keys), str(path), fix=fix)


def _missing(path: Path, others: Sequence[Path]) -> Iterator[Finding]:
    for other in dict.fromkeys(others):
        if (other / NAME).is_file() and other.resolve() != path.parent.resolve():
            fix = f"Start the bot in the folder of its `{NAME}`, or move the file."
            found = f"{path} is not there, but {other / NAME} is"
            yield warning("`.env` is in another folder", found, fix=fix)
            return
    where = f"looked for in {path.parent.name}, the folder in which the bot runs"
    yield note("There is no `.env`", where, "the environment alone is read")
