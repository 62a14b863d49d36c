"""Headers of a request → whether it was addressed to us, and sent by a page of ours.

A page of another site must not read ours by DNS rebinding: the Host header would then name that
site. Nor may it send anything in a viewer's name: Origin and Sec-Fetch-Site would tell.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from services.debugcog.patterns import late_pattern

HOST = late_pattern(r"(\[[0-9a-fA-F:.]+\]|[^\s:@/\[\]]+)(:[0-9]{1,5})?")


class Origins:
    """Knows which addresses are ours: IP addresses, localhost, and the public one.

    Args:
        public_url: DASHBOARD_PUBLIC_URL; empty where there is none.
    """

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self._public_host = (parts.hostname or "").lower()
        self._public_origin = f"{parts.scheme}://{parts.netloc}".lower() if public_url else ""

    @property
    def is_https(self) -> bool:
        """Return whether the public address is an https one."""
        return self._public_origin.startswith("https://")

    def is_host(self, host: str) -> bool:
        """Return whether a Host header is one of ours, whatever the port."""
        found = HOST.fullmatch(host)
        if found is None:
            return False
        name = found[1].lower()
        if name in ("localhost", self._public_host):
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
        host = headers.get("Host", "").lower()
        return self.is_https and host == urlsplit(self._public_origin).netloc

    def _is_own_origin(self, origin: str, host: str) -> bool:
        if self._public_origin and origin == self._public_origin:
            return True
        scheme, _, rest = origin.partition("://")
        return scheme in ("http", "https") and rest == host.lower()
