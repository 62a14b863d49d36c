"""docs/dashboard.md names the addresses that there are, and the lines that the log has."""

from __future__ import annotations

import errno
from typing import Any, cast

from cogs.debug.app.dashboard import questions, tables
from services.debugcog.settings import Settings
from services.debugcog.web.binding import binding
from services.debugcog.web.log_routes import LogRoutes
from services.debugcog.web.runtime_routes import RuntimeRoutes
from services.debugcog.web.server import reason
from services.debugcog.web.user_routes import UserRoutes
from tests.docs.documents import codes, table

PAGE = "docs/dashboard.md"
NOTHING = cast(Any, None)


def test_every_address_of_the_api_has_a_row_and_no_other() -> None:
    named = [
        codes(row[0])[0].partition("?")[0] for row in table(PAGE, "address") if "/api/v1/" in row[0]
    ]
    logs = LogRoutes(NOTHING)
    routes = (
        *(questions(NOTHING), tables(NOTHING), UserRoutes(NOTHING).questions()),
        RuntimeRoutes(NOTHING).questions(),
        *(logs.questions(), logs.handlers(), logs.streams()),
    )
    assert sorted(named) == sorted(f"/api/v1/{path}" for paths in routes for path in paths)


def test_each_line_of_the_log_that_is_explained_is_one_that_is_written() -> None:
    bound = binding("0.0.0.0", 5000, "short")
    failures = (
        reason(OSError(errno.EADDRINUSE, "in use"), bound),
        reason(OSError(errno.EADDRNOTAVAIL, "none"), bound).replace("127.0.0.1 is", "… is"),
    )
    written = [*(f"Dashboard not served: {one}" for one in failures), *bound.warnings]
    for row in table(PAGE, "line"):
        line = codes(row[0])[0]
        assert any(one.startswith(line) for one in written), line


def test_the_port_that_the_page_names_is_the_default() -> None:
    assert Settings().dashboard_port == 5000
