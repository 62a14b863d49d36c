"""What the last run left is shown without its secrets, wherever a line of it is cut."""

from __future__ import annotations

from pathlib import Path

from cogs.debug.app.run_ends import RunEnds
from services.debugcog.metrics import MetricsService
from services.debugcog.redaction.redactor import Redactor

SECRET = "Xk29vQ7mZp41RtW8sLd60bNy3HcEa5Jf"


def test_a_secret_across_the_end_of_what_is_shown_of_a_log_line_is_hidden(tmp_path: Path) -> None:
    ends = RunEnds(MetricsService(), Redactor({"DATABASE_PASSWORD": SECRET}))
    lines = [f"{'p' * before} {SECRET} refused" for before in range(160, 200)]
    log = ends.read(tmp_path / "crash.txt", lambda: lines).log
    assert [line for line in log if SECRET[:4] in line] == []
    assert log[0] == "p" * 160 + " [redacted] refused"
    assert {len(line) for line in log[25:]} == {200}
