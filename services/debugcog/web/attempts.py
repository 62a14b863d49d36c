"""Failed logins by address → whether one more may be tried now."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import deque
from collections.abc import Callable

ATTEMPTS_MAX = 5
ATTEMPTS_SECONDS = 300.0
ADDRESSES_MAX = 1_000
IPV6_BITS = 64
"""Of an IPv6 address, what belongs to one customer."""


class Attempts:
    """Counts failed logins; for one thread.

    Args:
        clock: seconds that go on evenly.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: dict[str, deque[float]] = {}

    def wait(self, address: str) -> float:
        """Return the seconds until an address may try again; 0 where it may now."""
        times = self._failed.get(_network(address))
        if times is None or len(times) < ATTEMPTS_MAX:
            return 0.0
        return max(0.0, math.ceil(times[0] + ATTEMPTS_SECONDS - self._clock()))

    def fail(self, address: str) -> None:
        """Note a failed login; the addresses that failed longest ago are forgotten."""
        network = _network(address)
        times = self._failed.pop(network, deque[float](maxlen=ATTEMPTS_MAX))
        times.append(self._clock())
        self._failed[network] = times
        if len(self._failed) > ADDRESSES_MAX:
            del self._failed[next(iter(self._failed))]


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found), IPV6_BITS), strict=False))
