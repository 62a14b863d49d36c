"""Check: versions of Python and of libraries with known faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from services.debugcog.diagnosis.findings import Finding, warning
from services.debugcog.frozen import frozen

Version = tuple[int, ...]


@frozen
class Fault:
    """A fault of some versions.

    Attributes:
        package: whose.
        since: the first version that has it.
        fixed: the first version after it that has it no more.
        text: what goes wrong.
        source: where it is described.
    """

    package: str
    since: Version
    fixed: Version
    text: str
    source: str


FAULTS = (
    Fault(
        "Python",
        (3, 12, 0),
        (3, 12, 7),
        "failed TLS handshakes leak memory",
        "https://github.com/python/cpython/issues/109534",
    ),
    Fault(
        "Python",
        (3, 13, 0),
        (3, 13, 1),
        "failed TLS handshakes leak memory",
        "https://github.com/python/cpython/issues/109534",
    ),
    Fault(
        "aiohttp",
        (3, 12, 0),
        (3, 12, 10),
        "with aiodns, each session leaks its resolver",
        "https://github.com/aio-libs/aiohttp/pull/11150",
    ),
    Fault(
        "aiohttp",
        (3, 0, 0),
        (3, 13, 3),
        "a small compressed request to the dashboard can exhaust memory (CVE-2025-69223)",
        "https://github.com/advisories/GHSA-6mq8-rvhq-8wgg",
    ),
)


def known_faults(versions: Mapping[str, str], *, serves: bool) -> Iterator[Finding]:
    """Look the versions up.

    Args:
        versions: by the name of the package, as they write them themselves.
        serves: whether the bot listens for HTTP requests.
    """
    for fault in FAULTS:
        text = versions.get(fault.package, "")
        version = _version(text)
        if not fault.since <= version < fault.fixed or ("dashboard" in fault.text and not serves):
            continue
        fixed = ".".join(map(str, fault.fixed))
        fix = f"Update {fault.package} to {fixed} or newer: {fault.source}"
        yield warning(f"{fault.package} has a known fault", f"{text}: {fault.text}", fix=fix)


def _version(text: str) -> Version:
    """Read a version; one that is none is older than any that has a fault."""
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in found.groups()) if found else ()
