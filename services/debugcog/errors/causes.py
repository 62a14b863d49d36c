"""Exception → links of its chain of causes, each with its traceback and the members of its group.

Members are the exceptions of which an ``ExceptionGroup`` is made, those of groups inside it too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from services.debugcog.errors.reraise import steps
from services.debugcog.exceptions import earlier_than, members_of
from services.debugcog.frozen import frozen
from services.debugcog.guard import trace_of
from services.debugcog.tracebacks import chain

if TYPE_CHECKING:
    from services.debugcog.errors.stacks import Stack

    Read = Callable[[list[TracebackType]], Stack]
    Counted = Callable[[list[BaseException]], list[BaseException]]

LINKS_MAX = 100
"""Exceptions of a chain that are looked at; repeats are left out later."""
MEMBERS_MAX = 50
"""Members of a group that are looked at."""
GROUPS_MAX = 200
"""Groups inside a group that are looked through."""


@frozen
class Link:
    """One exception of a chain.

    Attributes:
        steps: its traceback, outermost frame first.
        stack: the names of these frames.
        members: a chain for each member, where it is a group.
    """

    error: BaseException
    steps: list[TracebackType]
    stack: Stack
    members: tuple[tuple[Link, ...], ...] = ()


def links_of(
    error: BaseException,
    read: Read,
    last: list[TracebackType] | None = None,
    counted: Counted = list,
) -> tuple[Link, ...]:
    """List the chain of an exception, root cause first.

    Args:
        error: the exception.
        read: gives the names of frames.
        last: its steps, where its traceback holds those of earlier raises too.
        counted: returns the part of a chain that counts; by default all.
    """
    links = []
    for link in _chain(error, counted):
        own = last if last and link is error else steps(trace_of(link))
        chains = tuple(_plain_links(member, read, counted) for member in members(link))
        links.append(Link(link, own, read(own), chains))
    return tuple(links)


def is_cut(links: tuple[Link, ...]) -> bool:
    """Return whether something came before what a chain begins with, or that of a member."""
    if earlier_than(links[0].error) is not None:
        return True
    for link in links:  # noqa: SIM110 - a generator costs as much as all of it
        if link.members and any(map(is_cut, link.members)):
            return True
    return False


def all_links(links: tuple[Link, ...]) -> Iterator[Link]:
    """List all links, those of a group's first member last: there is the fault."""
    for link in links:
        yield link
        for member in reversed(link.members):
            yield from all_links(member)


def _plain_links(error: BaseException, read: Read, counted: Counted) -> tuple[Link, ...]:
    """List the chain of a member; members of a group among its causes are not looked at."""
    own = [(link, steps(trace_of(link))) for link in _chain(error, counted)]
    return tuple(Link(link, each, read(each)) for link, each in own)


def _chain(error: BaseException, counted: Counted) -> list[BaseException]:
    """List a chain as far as it counts, without the cancellations of a failing task group.

    Whether its body was still waiting for something, to be cancelled, is chance.
    """
    links = chain(error, LINKS_MAX)
    if len(links) == 1:
        return links
    links = counted(links)
    for number in range(len(links) - 1, 0, -1):
        if is_group(links[number]) and _is(links[number - 1], asyncio.CancelledError):
            return links[number:]
    return links


def members(error: BaseException) -> list[BaseException]:
    """List the members of a group and of the groups in it, ``MEMBERS_MAX`` at most."""
    found: list[BaseException] = []
    groups = [error] if is_group(error) else []
    for _ in range(GROUPS_MAX):
        if not groups or len(found) >= MEMBERS_MAX:
            break
        of_group = members_of(groups.pop())
        groups += [member for member in of_group if is_group(member)]
        found += [member for member in of_group if not is_group(member)]
    return found[:MEMBERS_MAX]


def is_group(error: BaseException) -> bool:
    """Return whether an exception is a group."""
    return _is(error, BaseExceptionGroup)


def _is(error: BaseException, kind: type[BaseException]) -> bool:
    return issubclass(type(error), kind)  # `isinstance` asks the host's `__getattribute__`
