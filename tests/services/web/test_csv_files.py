"""Charts and tables as files for spreadsheets."""

from __future__ import annotations

from services.debugcog.answers.command_rows import CommandRow
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.published import Published
from services.debugcog.charting.chart_spec import ChartSpec, Line
from services.debugcog.web.csv_files import CsvFile, chart_file, columns_of, rows_file
from services.debugcog.web.questions import Ask
from tests.services.web.served import served

NOON = 1_800_000_000.0
CHART = ChartSpec(
    title="Response time",
    unit="ms",
    lines=(
        Line("p50", ((NOON, 10.0), (NOON + 60, None), (NOON + 120, 12.5))),
        Line("max", ((NOON, 90.0), (NOON + 120, 99.0))),
    ),
    thresholds=(),
    spans=(),
    start=NOON,
    end=NOON + 120,
)


def plain(text: str) -> str:
    return text


def row(name: str, calls: int, mean: float | None) -> CommandRow:
    time = Figure(mean, "ms")
    return CommandRow(
        name=name,
        calls=Figure(calls),
        mean=time,
        p50=time,
        p95=time,
        slowest=time,
        errors=Figure(0),
        acknowledged=Figure(None, "ms"),
        acknowledged_slowest=Figure(None, "ms"),
        unacknowledged=Figure(0),
    )


def test_a_chart_is_a_row_for_each_time_and_a_gap_is_empty() -> None:
    assert chart_file("response_time-1h", CHART).text(plain) == (
        "time (UTC),p50 (ms),max (ms)\r\n"
        "2027-01-15T08:00:00Z,10.0,90.0\r\n"
        "2027-01-15T08:01:00Z,,\r\n"
        "2027-01-15T08:02:00Z,12.5,99.0\r\n"
    )


def test_a_table_has_the_values_without_rounding_and_the_units_in_its_head() -> None:
    file = rows_file(
        "commands", columns_of(CommandRow), (row("ask", 12, 1234.5), row("a,b", 1, None))
    )
    assert file.text(plain) == (
        "name,calls,mean (ms),p50 (ms),p95 (ms),slowest (ms),errors,acknowledged (ms),"
        "acknowledged slowest (ms),unacknowledged\r\n"
        "ask,12,1234.5,1234.5,1234.5,1234.5,0,,,0\r\n"
        '"a,b",1,,,,,0,,,0\r\n'
    )


def test_a_table_without_rows_has_a_head() -> None:
    assert rows_file("commands", columns_of(CommandRow), ()).text(plain) == (
        "name,calls,mean,p50,p95,slowest,errors,acknowledged,acknowledged slowest,"
        "unacknowledged\r\n"
    )


def test_no_text_of_a_user_is_a_formula_and_no_secret_stays() -> None:
    names = ("=HYPERLINK(1)", "+1", "-1", "@SUM", "\tx", "hunter2")
    file = CsvFile("x", ("name",), tuple((name,) for name in names))
    assert file.text(lambda text: text.replace("hunter2", "[redacted]")) == (
        "name\r\n'=HYPERLINK(1)\r\n'+1\r\n'-1\r\n'@SUM\r\n'\tx\r\n[redacted]\r\n"
    )


async def test_a_file_is_downloaded_and_never_shown() -> None:
    async def table(published: Published, ask: Ask) -> object:
        return chart_file(f"response_time-{ask.window}", CHART)

    async with served(tables={"performance.csv": table}) as site:
        assert (await site.get("/api/v1/performance.csv")).status == 401
        await site.log_in()
        answer = await site.get("/api/v1/performance.csv?window=24h")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == (
            'attachment; filename="response_time-24h.csv"'
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.text().startswith("time (UTC),p50 (ms),max (ms)\r\n")
        assert (await site.get("/api/v1/performance.csv?window=%0d%0aX:1")).status == 400
