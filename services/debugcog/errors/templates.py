"""Log record → message template, recovered from the code that logged it.

``log.error("Lost %s", name)`` hands a template over; ``log.error(f"Lost {name}")`` a finished text,
whose constant parts stand in the code of the call. Where a host has a function of its own for
logging, they stand in the code that calls that one; where it makes the text before it logs it
(``text = f"…"``), in another line of the function, or in what the function names: a constant of the
module, a table or class, a function that returns the text. A text of which nothing is found there,
such as that of an exception, goes by the place that logs it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import NamedTuple

from services.debugcog.errors import code_texts, handed_over, handling
from services.debugcog.errors.code_texts import PART_MIN, NamedTexts, Parts
from services.debugcog.errors.loaded_functions import LoadedFunctions, Site
from services.debugcog.errors.stacks import ModuleOf, name_of
from services.debugcog.errors.template_texts import (
    in_order,
    is_made_of,
    says_something,
    size,
    without_parameters,
    without_the_rest,
)
from services.debugcog.exceptions import is_plain, type_name, with_plain_message
from services.debugcog.guard import trace_of

TEXT_MAX = 2_000
"""Characters of a text that count."""
WHOLE_MAX = 100_000
"""Characters among which the parts of the call that logs it are looked for."""
FRAMES_MAX = 50
"""Frames among which the one that logs is looked for."""
CALLERS_MAX = 4
"""Calls whose constants may be parts of the text."""
CALLS_MAX = 2_000
"""Calls whose constants are remembered."""


class Template(NamedTuple):
    """What all texts have in common that one line of code logs.

    Attributes:
        text: with a mark for what is filled in; empty where nothing in it is constant.
        former: what version 0.1 found, which read nothing of a text that was made before.
        place: what counts then: function, what is constant in the call, type of the exception.
    """

    text: str
    former: str
    place: Parts = ()


class Templates:
    """Finds templates, and remembers what it has read in the code.

    Args:
        module_of: returns as what a module counts, by its file and its name.
    """

    def __init__(self, module_of: ModuleOf | None = None) -> None:
        self._module_of = module_of
        self._parts: dict[tuple[int, int], tuple[CodeType, Parts]] = {}
        self._texts: dict[int, tuple[CodeType, tuple[Parts, ...]]] = {}
        self._named: dict[tuple[int, bool], tuple[CodeType, NamedTexts]] = {}
        self._functions = LoadedFunctions()
        self._words: dict[tuple[int, int], tuple[CodeType, tuple[Parts, bool]]] = {}

    def with_former(self, record: logging.LogRecord) -> Template:
        """Return what all texts have in common that one line of code logs.

        A record that comes from elsewhere than the running code, as out of a queue, goes by what
        stands in its function where that is loaded, and else by the name of its function.
        """
        plain = with_plain_message(record)
        whole = str(plain.msg)[:WHOLE_MAX]
        text = whole[:TEXT_MAX]
        frames = list(_frames(record))
        sites = self._sites(record, frames)
        elsewhere = f"? in {record.funcName}" if not frames and record.funcName else ""
        if not sites:
            known = without_parameters(elsewhere or text)
            return Template(known, known)
        template, former = self._of_text(whole, sites)
        former = without_parameters(elsewhere or former)
        is_exception = issubclass(type(record.msg), BaseException)
        if plain is not record and not is_exception:  # an object of the host's, by its type
            return Template(former, former, self._place(sites, None))
        if frames and not is_exception and self._is_handed_over(text, sites[0]):
            return self._handed_over(text, frames[0], former)
        if says_something(template) and not is_exception:
            return Template(_of_code(template, sites[0]), former)
        error = _exception_behind(record, frames)
        if not (template or is_exception or _says(text, error)):
            template = self._made_elsewhere(text, sites)
            if says_something(template):
                return Template(_of_code(template, sites[0]), former)
        return Template("", former, self._place(sites, error))

    def _is_handed_over(self, text: str, site: Site) -> bool:
        """Return whether a line of Python's own has logged a text that others have given it."""
        if not handed_over.is_handed_over(site):
            return False
        return not any(part in text for part in self._of_call(site))

    def _handed_over(self, text: str, frame: FrameType, former: str) -> Template:
        """Find the template where a loop was told the text, which else counts itself."""
        said, coroutine = handed_over.parts_of(text, frame.f_code.co_name)
        sites = _sites(handed_over.told_by(frame, CALLERS_MAX))
        template = self._of_text(said, sites)[0] if sites else ""
        if sites and not says_something(template):
            template = self._made_elsewhere(said, sites)
        said = template if says_something(template) else without_parameters(said)
        return Template(f"{said} {coroutine}".rstrip(), former)

    def _sites(self, record: logging.LogRecord, frames: list[FrameType]) -> list[Site]:
        """List where a record was logged, and where that was called; innermost first."""
        if frames:
            return _sites(frames)
        found = self._functions.site(record.pathname, record.funcName, record.lineno)
        return [found] if found is not None else []

    def _of_text(self, whole: str, sites: list[Site]) -> tuple[str, str]:
        """Find the template of a text, empty where nothing of it is in the code, and the former."""
        text = whole[:TEXT_MAX]
        if text in self._of_call(sites[0]):
            return text, text
        found = {part for site in sites for part in self._of_call(site) if part in text}
        former = without_the_rest(text, found) if found else text
        own = [part for part in self._of_call(sites[0]) if part in whole]
        if own and found.issubset(own) and (template := in_order(whole, own)):
            return template, former
        more: Parts = ()
        if not any(part in text for part in self._of_call(sites[0])):
            more = self._made_before(text, sites[0])
        if found or more:
            return without_the_rest(text, found.union(more)) if more else former, former
        return "", former

    def _made_before(self, text: str, site: Site) -> Parts:
        """Find the parts of the one text in a function that a finished text was made of."""
        code = site.code
        known = self._texts.get(id(code))
        if known is None:
            if len(self._texts) >= CALLS_MAX:
                self._texts.clear()
            known = self._texts[id(code)] = code, code_texts.of_function(code, site.names)
        return max((parts for parts in known[1] if is_made_of(text, parts)), key=size, default=())

    def _made_elsewhere(self, text: str, sites: list[Site]) -> str:
        """Find the template of a text in what the function names, and in those that call it."""
        named = [self._of_names(site, site is sites[0]) for site in sites]
        if any(text in each.whole for each in named):
            return text
        made = (parts for each in named for parts in each.texts if is_made_of(text.strip(), parts))
        best = {part for part in max(made, key=size, default=()) if len(part) >= PART_MIN}
        return without_the_rest(text, best) if best else ""

    def _place(self, sites: list[Site], error: BaseException | None) -> Parts:
        """List what is constant where a text is logged of which nothing is.

        Where a function logs what it is given, the call of it counts, too.
        """
        words, uses_argument = self._of_line(sites[0])
        place = (f"in {self._name(sites[0])}", *words)
        if error is not None:
            return *place, f"type {type_name(type(error))}"
        if not uses_argument or len(sites) == 1:
            return place
        return *place, f"from {self._name(sites[1])}", *self._of_line(sites[1])[0]

    def _name(self, site: Site) -> str:
        return name_of(site.code, site.names, self._module_of)

    def _of_call(self, site: Site) -> Parts:
        code, _, at = site
        key = id(code), at  # its hash would cost as much as the function is long
        known = self._parts.get(key)
        if known is None:
            if len(self._parts) >= CALLS_MAX:
                self._parts.clear()
            known = self._parts[key] = code, tuple(code_texts.of_call(code, at))
        return known[1]

    def _of_names(self, site: Site, is_first: bool) -> NamedTexts:
        code, names, _ = site
        key = id(code), is_first
        known = self._named.get(key)
        if known is None:
            if len(self._named) >= CALLS_MAX:
                self._named.clear()
            known = self._named[key] = code, code_texts.of_names(code, names, is_first)
        return known[1]

    def _of_line(self, site: Site) -> tuple[Parts, bool]:
        code, _, at = site
        known = self._words.get((id(code), at))
        if known is None:
            if len(self._words) >= CALLS_MAX:
                self._words.clear()
            known = self._words[id(code), at] = code, code_texts.words_of_call(code, at)
        return known[1]


def _sites(frames: list[FrameType]) -> list[Site]:
    return [Site(frame.f_code, frame.f_globals, frame.f_lasti) for frame in frames]


def _frames(record: logging.LogRecord) -> Iterator[FrameType]:
    """List the frame that has logged a record, and those that led to it; innermost first."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - as logging itself finds its caller
    for _ in range(FRAMES_MAX):
        if frame is None or _has_logged(frame, record):
            break
        frame = frame.f_back
    for _ in range(CALLERS_MAX if frame is not None and _has_logged(frame, record) else 0):
        if frame is not None:
            yield frame
            frame = frame.f_back


def _has_logged(frame: FrameType, record: logging.LogRecord) -> bool:
    code = frame.f_code
    return (
        code.co_filename == record.pathname
        and code.co_name == record.funcName
        and frame.f_lineno == record.lineno
    )


def _exception_behind(record: logging.LogRecord, frames: list[FrameType]) -> BaseException | None:
    """Return the exception that a record has, or in whose ``except`` block it is logged."""
    caught = sys.exc_info()[1]
    for carried in handling.carried_by(record):
        return handling.unwrapped(carried)
    trace = trace_of(caught) if caught is not None else None
    if caught is None or trace is None or not any(trace.tb_frame is frame for frame in frames):
        return None
    return handling.unwrapped(caught)


def _says(text: str, error: BaseException | None) -> bool:
    """Return whether a text has that of an exception; none is made by code of the host's."""
    said = str(error) if error is not None and is_plain(error) else ""
    return said != "" and said in text


def _of_code(template: str, site: Site) -> str:
    """Return a template that was found in code; code that a bot makes may have ids in it."""
    is_made = site.code.co_filename.startswith("<")
    return without_parameters(template) if is_made else template
