"""UserSources → what the API tells of users: a list, one of them, a conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import TypeVar, cast, get_args

from services.debugcog.answers.published import Published
from services.debugcog.answers.usage import Most, usage
from services.debugcog.answers.user_rows import NoSuchError
from services.debugcog.answers.users import LATEST_FIRST, conversation, user, users
from services.debugcog.users.sources import UserSources
from services.debugcog.web.questions import Ask, Question, RefusedError

T = TypeVar("T")


class UserRoutes:
    """Makes the questions.

    Args:
        sources: of users.
    """

    def __init__(self, sources: UserSources) -> None:
        self._sources = sources

    def questions(self) -> Mapping[str, Question]:
        """Map paths below ``/api/v1/`` to questions."""
        return {
            "users": self._list,
            "usage": self._usage,
            "users/{id}": self._one,
            "users/{id}/conversations/{conversation}": self._conversation,
        }

    def _list(self, _: Published, ask: Ask) -> Awaitable[object]:
        sort = ask.text("sort") or LATEST_FIRST
        return _checked(users(self._sources, search=ask.text("search"), sort=sort, page=_page(ask)))

    def _usage(self, _: Published, ask: Ask) -> Awaitable[object]:
        return usage(self._sources, cast("Most", ask.choice("most", get_args(Most), "messages")))

    def _one(self, _: Published, ask: Ask) -> Awaitable[object]:
        return _checked(user(self._sources, ask.path["id"], page=_page(ask)))

    def _conversation(self, _: Published, ask: Ask) -> Awaitable[object]:
        names = ask.path["id"], ask.path["conversation"]
        asked = conversation(self._sources, *names, reader=ask.viewer, page=_page(ask))
        return _checked(asked)


def _page(ask: Ask) -> int:
    return ask.number("page", 1, low=1)


async def _checked(asked: Awaitable[T]) -> T:
    try:
        return await asked
    except NoSuchError as error:
        raise RefusedError(400, f"{error}.") from error
