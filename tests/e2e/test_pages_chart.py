"""The charts of the dashboard in a real browser: what mouse and keyboard get out of them."""

from __future__ import annotations

import re

import pytest

from tests.e2e import board as dashboard
from tests.e2e.board import Board

pytestmark = dashboard.MARKS
guest = dashboard.guest

LAG = "[aria-label='Event loop lag']"
MEMORY = "[aria-label='Memory of the process']"
ZOOM = "new URLSearchParams(location.search).get('from')"
PIXELS = """
(() => {
  const canvas = document.querySelector("%s canvas");
  const { width, height } = canvas;
  const probe = Object.assign(document.createElement("canvas"), { width, height })
    .getContext("2d", { willReadFrequently: true });
  probe.drawImage(canvas, 0, 0);
  const { data } = probe.getImageData(0, 0, width, height);
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("%s");
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) count += 1;
  }
  return count;
})()
"""
"""Counts the pixels of a chart that have a colour of the style sheet."""


@pytest.fixture
async def board(dashboard_board: Board) -> Board:
    """The page Performance, with a few seconds of lag and memory in its charts."""
    await dashboard_board.log_in("/performance?window=5m")
    await dashboard_board.page.until(f'document.querySelector("{LAG} .legend b") !== null')
    told = f'document.querySelector("{LAG} .legend b").innerText'
    await dashboard_board.page.until(f"/\\d/.test({told})")
    return dashboard_board


dashboard_board = dashboard.board


async def pixels(board: Board, chart: str, colour: str) -> int:
    count: int = await board.page.run(PIXELS % (chart, colour))
    return count


async def test_the_mouse_shows_the_values_of_one_time_in_all_charts(board: Board) -> None:
    await board.page.mouse("Moved", f"{LAG} .plot", 0.97)
    await board.page.until(f'!document.querySelector("{LAG} .tip").hidden')
    shown = await board.text(f"{LAG} .tip")
    assert re.match(r"\d\d:\d\d:\d\d\n", shown)
    assert re.search(r"\nmax [\d.]+ (µs|ms|s)$", shown)
    assert not await board.page.run(f'document.querySelector("{MEMORY} .tip").hidden')
    assert (await board.text(f"{MEMORY} .tip")).endswith(" MB")
    await board.page.mouse("Moved", "h1", 0.5)
    await board.page.until(f'document.querySelector("{LAG} .tip").hidden')


async def test_a_drag_zooms_all_charts_and_a_double_click_shows_all_again(board: Board) -> None:
    page, plot = board.page, f"{LAG} .plot"
    await page.run(f"document.querySelector(\"{LAG}\").scrollIntoView({{block: 'center'}})")
    await page.mouse("Moved", plot, 0.6)
    await page.mouse("Pressed", plot, 0.6)
    await page.mouse("Moved", plot, 0.95)
    await page.mouse("Released", plot, 0.95)
    await page.until(f"{ZOOM} !== null")
    assert len(await board.texts(".chart.zoomed")) == 6
    zoomed = await page.run("location.search")
    await board.open(f"/performance{zoomed}")  # the address has it: it can be passed on
    await page.until("document.querySelectorAll('.chart.zoomed').length === 6")
    for clicks in (1, 2):
        await page.mouse("Pressed", plot, 0.5, clicks=clicks)
        await page.mouse("Released", plot, 0.5, clicks=clicks)
    await page.until(f"{ZOOM} === null")
    assert await board.texts(".chart.zoomed") == []


async def test_the_legend_hides_a_line_and_shows_it_again(board: Board) -> None:
    button = f"{LAG} .legend li:nth-child(2) button"
    assert (await board.text(button)).startswith("max")
    await board.page.until(f"{(PIXELS % (LAG, '--chart-2')).strip()} > 0")
    await board.page.click(button)
    await board.page.until(f"{(PIXELS % (LAG, '--chart-2')).strip()} === 0")
    pressed = f"document.querySelector(\"{button}\").getAttribute('aria-pressed')"
    assert await board.page.run(pressed) == "false"
    await board.page.click(button)
    await board.page.until(f"{(PIXELS % (LAG, '--chart-2')).strip()} > 0")


async def test_the_values_stand_in_a_table_behind_the_chart(board: Board) -> None:
    await board.page.click(f"{LAG} summary")
    await board.page.until(f'document.querySelector("{LAG} table") !== null')
    assert await board.texts(f"{LAG} thead th") == ["Time", "p95", "max"]
    rows = await board.texts(f"{LAG} tbody tr")
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d(\t[\d.]+ (µs|ms|s)){2}", row) for row in rows), rows


async def test_arrow_keys_read_the_values_and_keys_zoom(board: Board) -> None:
    page = board.page
    points = (
        "performance.getEntriesByName(location.origin + '/api/v1/performance?window=5m').length"
    )
    await page.until(f"{points} > 3", seconds=60)  # 15 s: more than one bucket, so two points
    await page.run(f'document.querySelector("{LAG} .plot").focus()')
    await page.press("ArrowRight")
    spoken = f'document.querySelector("{LAG} [role=status]").textContent'
    newest = await page.until(spoken)
    assert re.fullmatch(r"\d\d:\d\d:\d\d, p95 [\d.]+ (µs|ms|s), max [\d.]+ (µs|ms|s)", newest)
    await page.press("Home")
    await page.until(f"{spoken} < '{newest[:8]}'")
    await page.press("+")
    await page.until(f"{ZOOM} !== null")
    await page.press("Escape")
    await page.until(f"{ZOOM} === null")


async def test_a_line_has_its_full_colour_wherever_its_value_falls(board: Board) -> None:
    """One of less than two pixels may lie across two rows and fill neither."""
    faint = await board.page.run("""
      import("/static/chart_paint.js").then(({ layout, paint }) => {
        const context = document.createElement("canvas").getContext("2d", {
          willReadFrequently: true,
        });
        const chart = (value) => ({
          lines: [{ label: "value", points: [[0, value], [100, value]] }],
          thresholds: [], spans: [], marks: [], unit: "MB", bars: null,
        });
        const view = { width: 300, height: 150, start: 0, end: 100, hidden: new Set(), context };
        const colour = (at) => context.getImageData(...at, 1, 150).data;
        const values = Array.from({ length: 101 }, (_, index) => 50 + index * 0.1);
        return values.filter((value) => {
          const drawn = layout(chart(value), view);
          paint(context, drawn, { cursor: null, selection: null });
          const column = colour([200, 0]);
          context.fillStyle = getComputedStyle(document.documentElement)
            .getPropertyValue("--chart-1");
          context.fillRect(0, 0, 1, 1);
          const [red, green, blue] = colour([0, 0]);
          for (let at = 0; at < column.length; at += 4) {
            if (column[at] === red && column[at + 1] === green && column[at + 2] === blue) {
              return false;
            }
          }
          return true;
        });
      })
    """)
    assert faint == []


async def test_thresholds_and_incidents_are_drawn_in_their_colours(board: Board) -> None:
    await board.page.until(f"{(PIXELS % (MEMORY, '--warning')).strip()} > 0")


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_a_chart_takes_the_colours_of_the_scheme(board: Board, scheme: str) -> None:
    await board.page.media(prefers_color_scheme=scheme)
    await board.page.until(f"{(PIXELS % (MEMORY, '--chart-1')).strip()} > 0", seconds=60)
    other = {"dark": "rgb(19, 99, 198)", "light": "rgb(90, 169, 255)"}[scheme]
    own = await board.page.run(
        "getComputedStyle(document.documentElement).getPropertyValue('--chart-1').trim()"
    )
    assert own == {"dark": "#5aa9ff", "light": "#1363c6"}[scheme] != other


async def test_each_chart_and_table_can_be_had_as_csv(board: Board) -> None:
    found = await board.page.run("""
      Promise.all([...document.querySelectorAll("a[download]")]
        .filter((link) => link.offsetParent).map(async (link) => {
        const reply = await fetch(link.href);
        const text = await reply.text();
        return [reply.status, reply.headers.get("Content-Type").split(";")[0],
                text.split(/\\r?\\n/)[0]];
      }))
    """)
    assert {(status, kind) for status, kind, _ in found} == {(200, "text/csv")}
    assert [head for _, _, head in found] == [
        "time (UTC),p50 (ms),p95 (ms),max (ms)",
        "time (UTC)",  # no model was called
        "time (UTC),gateway (ms)",
        "time (UTC),hits (%)",
        "time (UTC),memory (MB)",
        "time (UTC),p95 (ms),max (ms)",
        "name,calls,mean,p50,p95,slowest,errors,acknowledged,acknowledged slowest,unacknowledged",
    ]
