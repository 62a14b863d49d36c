"""Where the server listens: without a good token on this machine alone, and it is said why."""

from __future__ import annotations

import pytest

from services.debugcog.web.binding import binding

LONG = "x" * 24
ONLY = (
    "Listening on 127.0.0.1 only, not on DASHBOARD_HOST={host}: set DASHBOARD_TOKEN (24 characters "
    "or more) to be reached from elsewhere"
)
SHORT = (
    "DASHBOARD_TOKEN has fewer than 24 characters and is ignored: take a longer one, such as that "
    "of: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "bot.local"])
def test_an_address_for_others_without_a_token_is_this_machines_alone(host: str) -> None:
    bound = binding(host, 5000, "")
    assert (bound.host, bound.only_here) == ("127.0.0.1", True)
    assert bound.warnings == (ONLY.format(host=host),)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "bot.local"])
def test_with_a_token_it_is_listened_to(host: str) -> None:
    bound = binding(host, 5000, LONG)
    assert (bound.host, bound.token, bound.only_here, bound.warnings) == (host, LONG, False, ())


def test_a_star_is_all_addresses_and_an_address_is_written_as_others_do() -> None:
    assert binding("*", 5000, LONG).host == ""
    assert binding("*", 5000, "").warnings == (ONLY.format(host="*"),)
    assert binding("0:0:0:0:0:0:0:0", 5000, LONG).host == "::"


def test_a_token_that_is_too_short_counts_as_none() -> None:
    bound = binding("0.0.0.0", 5000, "x" * 23)
    assert (bound.host, bound.token) == ("127.0.0.1", "")
    assert bound.warnings == (SHORT, ONLY.format(host="0.0.0.0"))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("127.0.0.9",) * 2,
    ],
)
def test_this_machines_own_addresses_need_no_token(host: str, address: str) -> None:
    bound = binding(host, 5000, "")
    assert (bound.host, bound.only_here, bound.warnings) == (address, True, ())
