"""Headers of a request → whether it was addressed to us, and sent by a page of ours.

A page of another site must not read ours by DNS rebinding: the Host header would then name that
site. Nor may it send anything in a viewer's name: Origin and Sec-Fetch-Site would tell.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

import yarl

from services.debugcog.patterns import late_pattern

SCHEMES = ("http", "https")
HOST = late_pattern(r"(\[[0-9a-fA-F:.]+\]|[^\s:@/\[\]]+)(:[0-9]{1,5})?")


class Origins:
    """Knows which addresses are ours: IP addresses, localhost, and the public one.

    Args:
        public_url: DASHBOARD_PUBLIC_URL; empty where there is none.
    """

    def __init__(self, public_url: str) -> None:
        self._public = _origin(public_url)

    @property
    def is_https(self) -> bool:
        """Return whether the public address is an https one."""
        return self._public is not None and self._public.scheme == "https"

    def is_host(self, host: str) -> bool:
        """Return whether a Host header is one of ours, whatever the port."""
        found = HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].lower()
        if name == "localhost" or (self._public and name.rstrip(".") == self._public.host):
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True

    def is_own(self, headers: Mapping[str, str]) -> bool:
        """Return whether a POST comes from our page, or from no browser at all."""
        site = headers.get("Sec-Fetch-Site")
        if site is not None and site not in ("same-origin", "none"):
            return False
        origin = headers.get("Origin")
        return origin is None or self._is_own_origin(origin.lower(), headers.get("Host", ""))

    def is_secure(self, headers: Mapping[str, str]) -> bool:
        """Return whether the browser speaks https with us, to a proxy in front of us."""
        origin = headers.get("Origin")
        if origin is not None:
            return origin.lower().startswith("https://")
        return self.is_https and _origin(f"https://{headers.get('Host', '')}") == self._public

    def _is_own_origin(self, origin: str, host: str) -> bool:
        found = _origin(origin)
        return found is not None and found in (self._public, _origin(f"{found.scheme}://{host}"))


class _Origin(NamedTuple):
    """What browsers compare: the host in ASCII, without a dot at its end, and the port it has."""

    scheme: str
    host: str
    port: int | None


def _origin(text: str) -> _Origin | None:
    """Read an origin as browsers do; None where it is none of http or https."""
    try:
        url = yarl.URL(text)
        host = (url.raw_host or "").rstrip(".")
    except ValueError:
        return None
    return _Origin(url.scheme, host, url.port) if host and url.scheme in SCHEMES else None


def base_of(public_url: str) -> str:
    """Leave out of DASHBOARD_PUBLIC_URL what no address of the dashboard has: a path and the like.

    ``setting_warnings`` tells of it.
    """
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}" if public_url else ""
