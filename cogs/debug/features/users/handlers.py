"""Actions of /debug users → a fresh answer about users, rendered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from cogs.debug.features.users.actions import OpenUser, ShowMost, ShowUsers
from cogs.debug.features.users.list_reply import LINES, SEARCH_MAX, count_of, users_reply
from cogs.debug.features.users.user_reply import user_reply
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import OPTION_TEXT_MAX, OPTIONS_MAX, Reply
from services.debugcog.answers.usage import UserDays, usage, user_days
from services.debugcog.answers.user_rows import ROWS, NoSuchError, UsersAnswer
from services.debugcog.answers.users import LATEST_FIRST, PAGE_MAX, user, users
from services.debugcog.frozen import frozen
from services.debugcog.users.sources import UserSources

NO_DAYS = UserDays((), (), None)
ID_DIGITS = 20


@frozen(kw_only=True)
class UsersHandlers:
    """What /debug users and its controls do.

    Attributes:
        sources: of users.
        clock: unix seconds.
    """

    sources: UserSources
    clock: Callable[[], float] = time.time

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ShowUsers, asked(self.show)),
            Control(ShowMost, asked(self.show)),
            Control(OpenUser, asked(self.open)),
        )

    async def find(self, search: str) -> Reply:
        """Show the users with a text in them; the one user, where it is an id."""
        search = search.strip().removeprefix("<@").removesuffix(">").removeprefix("!")
        if search and search in {one.id for one in (await self._users(search)).users}:
            return await self.open(OpenUser(search, 1))
        return await self.show(ShowUsers(search[:SEARCH_MAX], "-last_seen", "messages", 1))

    async def show(self, action: ShowUsers) -> Reply:
        """Show a page of the list, and who uses the bot most."""
        found, most = await asyncio.gather(
            self._page(action, action.page), usage(self.sources, action.most, clock=self.clock)
        )
        if action.page > count_of(found):  # users have gone since the control was made
            found = await self._page(action, count_of(found))
        return users_reply(found, most, action)

    async def open(self, action: OpenUser) -> Reply:
        """Show one user."""
        is_discords = action.user.isascii() and action.user.isdecimal()
        known, days = await asyncio.gather(
            user(self.sources, action.user, page=min(max(action.page, 1), PAGE_MAX)),
            self._days(int(action.user))
            if is_discords and len(action.user) <= ID_DIGITS
            else _nothing(),
        )
        return user_reply(known, days, action)

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Offer the users with a text in their names, each by the id."""
        found = await self._users(typed)
        return [
            (f"{one.name} · {one.id}"[:OPTION_TEXT_MAX], one.id)
            for one in found.users[:OPTIONS_MAX]
        ]

    async def _page(self, action: ShowUsers, page: int) -> UsersAnswer:
        """Ask for the page of the answer that has a page of the reply in it."""
        of = min((max(page, 1) - 1) * LINES // ROWS + 1, PAGE_MAX)
        return await self._users(action.search, action.sort, of)

    async def _users(self, search: str, sort: str = LATEST_FIRST, page: int = 1) -> UsersAnswer:
        try:
            return await users(self.sources, search=search, sort=sort, page=page)
        except NoSuchError:  # the order of another kind of list, in a control of an earlier run
            return await users(self.sources, search=search, page=page)

    async def _days(self, user_id: int) -> UserDays:
        if user_id >= 2**63:
            return NO_DAYS
        return await user_days(self.sources, user_id, clock=self.clock)


async def _nothing() -> UserDays:
    return NO_DAYS
