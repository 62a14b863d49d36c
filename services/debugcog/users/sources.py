"""UserSources: what answers about users are made of."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from services.debugcog.frozen import frozen
from services.debugcog.users.audit import ConversationAudit

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.debugcog.activity.counter import ActivityCounter
    from services.debugcog.activity.days import DaySum
    from services.debugcog.costs.ledger import CostLedger
    from services.debugcog.logfile.text import Redact
    from services.debugcog.state.database import Database
    from services.debugcog.users.calls import ProviderCalls


@frozen(kw_only=True)
class UserSources:
    """Where answers about users come from.

    Attributes:
        activity: what the cog has seen.
        redact: takes secrets out of texts.
        calls: asks the host's provider; None where there is none.
        contents: whether messages of conversations may be shown.
        audit: notes who reads them.
        database: the state file; None where there is none.
        pending: lists what was counted by day and is not in the state file yet.
        costs: gets what knows the prices of models; None where nobody does.
    """

    activity: ActivityCounter
    redact: Redact
    calls: ProviderCalls | None = None
    contents: bool = True
    audit: ConversationAudit = field(default_factory=ConversationAudit)
    database: Database | None = None
    pending: Callable[[], tuple[DaySum, ...]] = tuple
    costs: Callable[[], CostLedger] | None = None
