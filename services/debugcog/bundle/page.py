"""Parts of a bundle → its page: HTML without a script, which asks for nothing when it is opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from services.debugcog.bundle.part import Missing, Part
from services.debugcog.units import utc_time
from services.debugcog.web.csv_files import CsvFile
from services.debugcog.wording import clip, counted

EXCERPT_MAX = 20_000
"""Characters of a file that the page shows."""
ROWS_MAX = 60
"""Rows of a chart's table that the page shows, the last ones."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 64rem; }
h1, li, p, summary { overflow-wrap: anywhere; }
pre { overflow: auto; max-height: 24rem; padding: .5rem; border: 1px solid #8888; }
pre, table { font-size: 14px; }
table { border-collapse: collapse; display: block; overflow: auto; max-height: 24rem; }
td, th { border: 1px solid #8888; padding: .1rem .5rem; text-align: right; white-space: nowrap; }
summary { cursor: pointer; padding: .3rem 0; font-weight: 600; }
"""


def page(
    title: str,
    parts: Sequence[Part],
    missing: Sequence[Missing],
    made_at: float,
    *,
    excerpts: bool = True,
) -> str:
    """Write the page.

    Args:
        title: of the page.
        parts: that are in the archive.
        missing: what is not, with the reason.
        made_at: unix seconds.
        excerpts: with the beginning of each file, not only a link to it.
    """
    return "\n".join(_lines(title, parts, missing, made_at, excerpts))


def _lines(
    title: str, parts: Sequence[Part], missing: Sequence[Missing], made_at: float, excerpts: bool
) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<link rel="icon" href="data:,"><title>{_text(title)}</title>'
    yield f"<style>{STYLE}</style></head><body><main><h1>{_text(title)}</h1>"
    yield f"<p>Made on {utc_time(made_at, with_day=True)}. Secrets are taken out.</p>"
    yield "<h2>Left out</h2>"
    yield "<ul>" if missing else "<p>Nothing.</p>"
    for one in missing:
        yield f"<li><b>{_text(one.title)}</b>: {_text(one.reason)}</li>"
    yield "</ul>" * bool(missing)
    yield f"<h2>{counted(len(parts), 'file')}</h2>"
    for part in parts:
        yield f"<details><summary>{_text(part.title)}</summary>"
        yield f'<p><a href="{escape(quote(part.name))}">{_text(part.name)}</a></p>'
        if excerpts:
            yield from _table(part.table) if part.table else _excerpt(part.text)
        yield "</details>"
    yield "</main></body></html>\n"


def _excerpt(text: str) -> Iterator[str]:
    shown = clip(text, EXCERPT_MAX)
    yield f'<pre tabindex="0">{_text(shown)}</pre>'
    if len(text) > EXCERPT_MAX:
        yield f"<p>The file has {len(text):,} characters.</p>"


def _table(table: CsvFile) -> Iterator[str]:
    shown = table.rows[-ROWS_MAX:]
    yield '<table tabindex="0"><thead><tr>'
    yield "".join(f'<th scope="col">{_text(name)}</th>' for name in table.head)
    yield "</tr></thead><tbody>"
    for row in shown:
        cells = (
            "" if cell is None else f"{cell:.6g}" if isinstance(cell, float) else cell
            for cell in row
        )
        yield f"<tr>{''.join(f'<td>{_text(str(cell))}</td>' for cell in cells)}</tr>"
    yield "</tbody></table>"
    if len(table.rows) > len(shown):
        yield f"<p>The last {len(shown)} of {len(table.rows):,} rows.</p>"


def _text(text: str) -> str:
    """Escape a text; what no page can hold, a NUL or half of a pair, is replaced."""
    kept = (c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return escape("".join(kept))
