"""Tables of the state file: their schemas, and how they are taken in from another file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cogs.debug.app import registration
from services.debugcog import stall_store
from services.debugcog.activity import day_store
from services.debugcog.activity import store as activity_store
from services.debugcog.alerting import incident_store, runs
from services.debugcog.alerting import take_in as alert_take_in
from services.debugcog.costs import ledger
from services.debugcog.errors import tables as error_tables
from services.debugcog.errors import take_in as error_take_in
from services.debugcog.outbox import posts as outbox
from services.debugcog.outbox import take_in as outbox_take_in
from services.debugcog.timeseries import history

if TYPE_CHECKING:
    from services.debugcog.state.merge import Merge

SCHEMAS = (
    history.SCHEMA,
    error_tables.SCHEMA,
    registration.SCHEMA,
    outbox.SCHEMA,
    incident_store.SCHEMA,
    runs.SCHEMA,
    stall_store.SCHEMA,
    activity_store.SCHEMA,
    day_store.SCHEMA,
    ledger.SCHEMA,
)


def take_in(merge: Merge) -> None:
    """Take in a state file that another process has left; posts come before incidents."""
    alert_take_in.mend(merge)
    error_take_in.take_in(merge)
    outbox_take_in.take_in(merge)
    alert_take_in.take_in(merge)
    activity_store.take_in(merge)
    day_store.take_in(merge)
    ledger.take_in(merge)
