"""Settings → where the server listens and which token counts, with what has to be said about it."""

from __future__ import annotations

import ipaddress

from services.debugcog.frozen import frozen

LOOPBACK = "127.0.0.1"
EVERYWHERE = "*"
"""Stands for all addresses, of IPv4 and IPv6, as in nginx and Apache."""
TOKEN_MIN = 24
"""Characters of a token: a shorter one can be guessed."""


@frozen
class Binding:
    """Where a server listens.

    Attributes:
        host: an address or a name; empty for all addresses.
        port: 0 takes a free one.
        token: that lets in; empty where there is none.
        key: the setting that names the port.
        warnings: what is not as the settings ask, in sentences that name the fix.
    """

    host: str
    port: int
    token: str
    key: str
    warnings: tuple[str, ...] = ()

    @property
    def only_here(self) -> bool:
        """Return whether only this machine can connect."""
        return is_loopback(self.host)


def binding(host: str, port: int, token: str, key: str = "DASHBOARD_PORT") -> Binding:
    """Find where to listen: without a good token at 127.0.0.1 alone.

    Args:
        host: DASHBOARD_HOST.
        port: as asked.
        token: DASHBOARD_TOKEN.
        key: the setting that names the port.
    """
    host = host.strip("[]")  # as an IPv6 address is written in a URL
    warnings = []
    if token and len(token) < TOKEN_MIN:
        warnings.append(
            f"DASHBOARD_TOKEN has fewer than {TOKEN_MIN} characters and is ignored: take a longer "
            "one, such as that of: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
        token = ""
    if not token and not is_loopback(host):
        warnings.append(
            f"Listening on {LOOPBACK} only, not on DASHBOARD_HOST={host}: set DASHBOARD_TOKEN "
            f"({TOKEN_MIN} characters or more) to be reached from elsewhere"
        )
        host = LOOPBACK
    return Binding(
        host={"localhost": LOOPBACK, EVERYWHERE: ""}.get(host, _shortest(host)),
        port=port,
        token=token,
        key=key,
        warnings=tuple(warnings),
    )


def _shortest(host: str) -> str:
    """Write an address as others do, ``::`` for ``0:0:0:0:0:0:0:0``; a name stays as it is."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host


def is_loopback(host: str) -> bool:
    """Return whether an address or name is this machine's own; other names are not looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
