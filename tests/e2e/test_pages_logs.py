"""The page Logs in a real browser: what the bot logs, as it logs it."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging

import pytest

from tests.e2e import board as dashboard
from tests.e2e.board import Board

pytestmark = dashboard.MARKS
board, guest = dashboard.board, dashboard.guest

LINES = "document.querySelectorAll('.line').length"
SHOWN = "[...document.querySelectorAll('.line .text')].map((e) => e.innerText).join('\\n')"
log = logging.getLogger("shop.orders")
other = logging.getLogger("shopping")


@pytest.fixture(autouse=True)
def told() -> None:
    logging.root.setLevel(logging.INFO)


async def opened(board: Board) -> None:
    await board.log_in("/logs")
    await board.shows(".state", "Live")


async def filtered(board: Board, field: str, text: str) -> None:
    """Put a text into a field of the filter."""
    await board.page.run(f"document.querySelector('{field}').focus()")
    await board.page.run(f"document.querySelector('{field}').select()")
    if text:
        await board.page.type(text)
    else:
        await board.page.press("Backspace")


async def shown(board: Board, *texts: str) -> None:
    """Wait until exactly these messages are shown."""
    await board.page.until(f"{SHOWN} === {json.dumps(chr(10).join(texts))}")


async def test_a_line_appears_as_it_is_logged_and_its_markup_stays_text(board: Board) -> None:
    await opened(board)
    await filtered(board, "#logger", "shop.orders")
    log.warning("order 7 <script>document.title = 'hacked'</script><img src=x onerror=alert(1)>")
    await board.shows(".line[data-level=WARNING]", "order 7 <script>document.title = 'hacked'")
    assert await board.page.run("document.querySelectorAll('.line img, .line script').length") == 0


async def test_a_line_opens_to_its_traceback(board: Board) -> None:
    await opened(board)
    try:
        raise KeyError("size")
    except KeyError:
        log.exception("order failed")
    await board.page.click(".line[data-level=ERROR] .head", "order failed")
    await board.shows(".line[data-level=ERROR] .below", "KeyError: 'size'")
    assert "ERROR · shop.orders · line " in await board.text(".line[data-level=ERROR] .below")
    await board.page.click(".line[data-level=ERROR] .head", "order failed")
    await board.page.until("document.querySelector('.below') === null")


async def test_level_logger_and_text_choose_lines_and_stay_in_the_address(board: Board) -> None:
    await opened(board)
    log.info("order 7")
    log.error("order 8")
    other.error("order 9")
    await board.page.until(f"{SHOWN}.includes('order 9')")
    await filtered(board, "#logger", "shop")
    await shown(board, "order 7", "order 8")
    await filtered(board, "#text", "ORDER 8")
    await shown(board, "order 8")
    assert await board.page.run("location.search") == "?logger=shop&text=ORDER+8"
    log.info("order 80")
    log.info("order 90")
    await shown(board, "order 8", "order 80")
    await board.page.run(
        "document.querySelector('#level').value = 'ERROR';"
        "document.querySelector('#level').dispatchEvent(new Event('input', {bubbles: true}))"
    )
    await shown(board, "order 8")
    await board.open("/logs?logger=shop&text=order+9")
    await shown(board, "order 90")


async def test_an_expression_is_tried_in_the_browser_only(board: Board) -> None:
    await opened(board)
    for number in (7, 8, 19):
        log.info("order %s", number)
    await filtered(board, "#text", "/order [78]$/")
    await shown(board, "order 7", "order 8")
    log.info("order 8")
    await shown(board, "order 7", "order 8", "order 8")
    assert not [each for each in board.page.requests if "text=" in each]
    await filtered(board, "#text", "/order (/")
    await board.shows(".logs > .problem", "Unterminated group")


async def test_an_expression_without_end_is_given_up_and_the_page_stays_usable(
    board: Board,
) -> None:
    await opened(board)
    log.info("%s!", "a" * 60)
    await board.page.until(f"{SHOWN}.includes('aaa')")
    await filtered(board, "#text", "/^(a+)+$/")
    await board.shows(".logs > .problem", "This expression takes too long", seconds=5)
    await filtered(board, "#text", "/a!$/")
    await shown(board, "a" * 60 + "!")


async def test_what_was_logged_before_anybody_looked_is_read_from_the_file(board: Board) -> None:
    log.info("order 1")
    await opened(board)
    await board.page.until(f"{SHOWN}.includes('order 1')")
    await filtered(board, "#logger", "shop.orders")
    log.info("order 2")
    await shown(board, "order 1", "order 2")
    await board.open("/logs?logger=shop.orders")
    await shown(board, "order 1", "order 2")


async def test_an_open_line_stays_where_it_is_until_one_goes_on(board: Board) -> None:
    await opened(board)
    await filtered(board, "#logger", "shop.orders")
    log.info("order 1")
    await shown(board, "order 1")
    await board.page.click(".line .head", "order 1")
    await board.page.until("document.querySelectorAll('.below').length === 1")
    for number in range(2, 702):
        log.info("order %s", number)
    await board.shows(".held", "700 new lines ↓")
    await board.shows(".below", "INFO · shop.orders · line ")
    await board.page.click(".held")
    await board.page.until(f"{SHOWN}.endsWith('order 701')")
    assert await board.page.run("document.querySelector('.below')") is None


async def test_pause_counts_the_lines_that_it_holds(board: Board) -> None:
    await opened(board)
    await filtered(board, "#logger", "shop.orders")
    log.info("order 1")
    await shown(board, "order 1")
    await board.page.run("document.activeElement.blur()")
    await board.page.press("p")
    for number in range(2, 1302):
        log.info("order %s", number)
    await board.shows(".held", "1,300 new lines ↓")
    assert await board.page.run(SHOWN) == "order 1"
    await board.page.press("p")
    await board.page.until(f"{SHOWN}.endsWith('order 1301')")
    assert await board.page.run(LINES) == 500


async def test_who_scrolls_back_is_not_moved_and_finds_the_newer_lines_behind_a_button(
    board: Board,
) -> None:
    await opened(board)
    await filtered(board, "#logger", "shop.orders")
    await shown(board)
    for number in range(200):
        log.info("order %s", number)
    await board.page.until(f"{SHOWN}.includes('order 199')")
    await board.page.run("document.querySelector('.log').scrollTop = 100")
    await board.page.until("document.querySelector('.log').scrollTop === 100")
    log.info("order 200")
    await board.shows(".held", "1 new line ↓")
    assert await board.page.run("document.querySelector('.log').scrollTop") == 100
    await board.page.click(".held")
    await board.page.until(f"{SHOWN}.endsWith('order 200')")


async def test_the_stream_closes_while_hidden_and_goes_on_where_it_ended(board: Board) -> None:
    await opened(board)
    hide = (
        "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    await filtered(board, "#logger", "shop.orders")
    asked = "performance.getEntriesByType('resource').map(({name}) => name)"
    await board.page.until(f"{asked}.some((name) => name.includes('logger=shop.orders'))")
    log.info("order 1")
    await shown(board, "order 1")
    await board.page.run(hide % "true")
    log.info("order 2")
    await board.page.run("new Promise((done) => setTimeout(done, 1500))")
    assert await board.page.run(SHOWN) == "order 1"
    await board.page.run(hide % "false")
    await shown(board, "order 1", "order 2")


async def test_what_is_shown_and_whole_files_can_be_downloaded(board: Board) -> None:
    await opened(board)
    await filtered(board, "#logger", "shop.orders")
    log.info("order 1")
    await shown(board, "order 1")
    await board.page.run("""
        window.saved = null;
        const made = URL.createObjectURL;
        URL.createObjectURL = (blob) => {
          blob.text().then((text) => { window.saved = text; });
          return made.call(URL, blob);
        };
    """)
    await board.page.click("button", "Download shown")
    text = await board.page.until("window.saved")
    assert text.endswith(" [INFO] shop.orders: order 1\n")
    await board.page.click(".files summary")
    await board.shows(".files li", "bot.log")
    whole = await board.page.run(
        "fetch(document.querySelector('.files a').href).then(async (reply) =>"
        " [reply.headers.get('Content-Disposition'), await reply.text()])"
    )
    assert whole[0] == 'attachment; filename="bot.log"'
    assert " [INFO] shop.orders: order 1\n" in whole[1]


async def test_the_rotated_files_are_searched_back_in_time(board: Board) -> None:
    await opened(board)
    folder = board.host.cog.runtime.settings.log_file_path.parent
    old = "2026-11-20 03:00:00,000 [ERROR] shop.orders: order {} lost\n"
    (folder / "bot.log.1").write_text("".join(old.format(number) for number in range(700)))
    await filtered(board, "#text", "lost")
    await board.page.click("button", "Search all files")
    await board.shows(".state", "500 lines found in the files, back to 20 Nov ")
    await board.page.click("button", "Older")
    await board.shows(".state", "700 lines found in the files, back to 20 Nov ")
    await board.page.until(f"{SHOWN}.startsWith('order 0 lost\\norder 1 lost')")
    await board.page.click("button", "Back to live")
    await filtered(board, "#text", "")
    log.info("order 701 arrived")
    await board.page.until(f"{SHOWN}.includes('order 701 arrived')")


async def test_a_thousand_lines_a_second_leave_the_page_usable(board: Board) -> None:
    await opened(board)
    before = await board.page.busy()
    for start in range(0, 5_000, 100):
        for number in range(start, start + 100):
            log.info("order %s", number)
        await asyncio.sleep(0.1)
    await board.page.until(f"{SHOWN}.includes('order 4999')", seconds=20)
    assert await board.page.run(LINES) <= 500
    assert await board.page.busy() - before < 4.0


async def test_a_line_opens_while_others_come_in(board: Board) -> None:
    await opened(board)

    async def chatter() -> None:
        for number in itertools.count():
            log.info("order %s", number)
            await asyncio.sleep(0.01)

    talk = asyncio.create_task(chatter())
    await board.page.until(f"{LINES} > 100")
    for _ in range(3):
        await board.page.click(".line .head", "order")
        await board.page.until("document.querySelectorAll('.below').length === 1")
        await board.shows(".held", "new line")
        await board.page.click(".held")
        await board.page.until("document.querySelectorAll('.below').length === 0")
    talk.cancel()
    await asyncio.wait((talk,))
