"""Labels of a host as text → labels of Prometheus; ids of users, channels and guilds stay behind.

Each value of a label is a time series that Prometheus keeps for weeks, so what there is one of for
every user makes it large and slow; and whom an id belongs to is nobody's business there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from services.debugcog.frozen import frozen
from services.debugcog.patterns import late_pattern
from services.debugcog.timeseries.label_sets import labels_of

Labels = tuple[tuple[str, str], ...]
"""Names and values, sorted by name."""

WHO = frozenset(
    f"{one}{plural}"
    for one in ("user", "member", "author", "owner", "guild", "channel", "thread", "message")
    for plural in ("", "s")
)
OF_WHOM = frozenset({"id", "ids", "name", "names", "nick", "tag", "mention"})
_JOINED = late_pattern(f"({'|'.join(sorted(WHO))})(ids?|names?|tag)|uids?|snowflakes?")
_SNOWFLAKE = late_pattern(r"(?<!\d)\d{17,20}(?!\d)")
TAKEN = frozenset({"process", "le", "quantile"})
"""Names that are ours or Prometheus' own; a host's label of that name begins with ``host_``, and
one that begins with it already does so twice: two never become one."""
HOST = "host_"


@frozen
class Cleaned:
    """The labels of one label set.

    Attributes:
        labels: without what names somebody.
        dropped: names of those that did.
    """

    labels: Labels
    dropped: tuple[str, ...] = ()


def for_all(value: str, label_sets: Iterable[str]) -> str:
    """Write a label set that has each label of some others, all with one value."""
    names = {name for text in label_sets for name in labels_of(text)}
    return ",".join(f"{name}={value}" for name in sorted(names))


@lru_cache(maxsize=1024)
def clean(text: str) -> Cleaned:
    """Read a label set such as ``command=ask,model=small``; most are met at each scrape."""
    pairs = labels_of(text).items()
    kept = {_free(name): value for name, value in pairs if not _tells_who(name, value)}
    dropped = tuple(name for name, value in pairs if _tells_who(name, value))
    return Cleaned(tuple(sorted(kept.items())), dropped)


def _free(name: str) -> str:
    plain = name
    while plain.startswith(HOST):
        plain = plain.removeprefix(HOST)
    return f"{HOST}{name}" if plain in TAKEN else name


def _tells_who(name: str, value: str) -> bool:
    words = name.split("_")
    of_whom = len(words) > 1 and words[-1] in OF_WHOM and not WHO.isdisjoint(words[:-1])
    named = words[-1] in WHO or of_whom or any(map(_JOINED.fullmatch, words))
    return named or bool(_SNOWFLAKE.search(value))
