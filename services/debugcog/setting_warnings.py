"""Settings → warnings about missing and misspelt ones."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from services.debugcog.guard import own_logger
from services.debugcog.settings import Settings

log = own_logger("debugcog.settings")


def warn_of_settings(settings: Settings, misspelt: Iterable[tuple[str, str]]) -> None:
    """Log what is read but will not do what was meant."""
    for warning in setting_warnings(settings, misspelt):
        log.warning("%s", warning)


def setting_warnings(settings: Settings, misspelt: Iterable[tuple[str, str]]) -> list[str]:
    """List what is probably not as it was meant, each with what to do.

    Args:
        settings: as they are in force.
        misspelt: pairs of a key that is not known and the one that was probably meant.
    """
    found = [f"Setting not known: {wrong}; did you mean {right}?" for wrong, right in misspelt]
    for key in settings.service_links:
        service = key.removesuffix("_PORT").lower()
        found.append(
            f"{key} is the address of the Kubernetes Service {service}, no port, and is ignored: "
            "set enableServiceLinks: false in the pod's spec"
        )
    if settings.alert_channel_id is None:
        found.append(
            "Setting missing: ALERT_CHANNEL_ID, so no alert and no error report is posted. Put the "
            f"id of a channel there; it was looked for in {settings.looked_for}"
        )
    if settings.dashboard_enabled and settings.metrics_port is not None:
        found.append(
            "METRICS_PORT is not used while DASHBOARD_ENABLED is true: /metrics is served on "
            f"DASHBOARD_PORT={settings.dashboard_port}, with DASHBOARD_TOKEN as the bearer token"
        )
    url = urlsplit(settings.dashboard_public_url)
    if url.path or url.query or url.fragment:
        found.append(
            "DASHBOARD_PUBLIC_URL has more than a host, and the dashboard cannot live below a path "
            f"of another site: set it to {url.scheme}://{url.netloc}, which is what is used"
        )
    return found
