"""Settings → warnings about missing, misspelt and ineffective ones."""

from __future__ import annotations

from collections.abc import Iterable

from services.debugcog.settings import Settings


def setting_warnings(settings: Settings, misspelt: Iterable[tuple[str, str]]) -> list[str]:
    """List what is probably not as it was meant, each with what to do.

    Args:
        settings: as they are in force.
        misspelt: pairs of a key that is not known and the one that was probably meant.
    """
    found = [f"Setting not known: {wrong}; did you mean {right}?" for wrong, right in misspelt]
    if settings.dashboard_enabled:
        found.append("Setting without effect: DASHBOARD_ENABLED, there is no dashboard yet")
    if settings.alert_channel_id is None:
        found.append(
            "Setting missing: ALERT_CHANNEL_ID, so no alert and no error report is posted. Put the "
            f"id of a channel there; it was looked for in {settings.looked_for}"
        )
    return found
