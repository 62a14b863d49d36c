"""Which incidents #alerts and /debug alerts say are open or have ended."""

from __future__ import annotations

import pytest

from demo.alert_channel import ends, heading, incident, open_incidents
from demo.demo_guild import furnish
from discord_sandbox import Sandbox


async def test_the_end_of_an_incident_is_found_by_its_number() -> None:
    async with Sandbox() as sandbox:
        demo_guild = furnish(sandbox)
        owner, alerts = demo_guild.owner, demo_guild.alerts
        for text in (
            "Warning: Response time\nIncident #1 · peak warning",
            "Resolved: Event loop lag\nIncident #11 · peak critical",
            "Resolved: Response time\nIncident #1 · peak critical",
            "Resolved: Response time\nafter 1 min\nIncident #1 · peak critical",
            "New error: LlmError\nResolved: Incident",
        ):
            await sandbox.say(owner, alerts, text)
        first, second, third, *_ = alerts.messages
        assert ends(alerts) == {11: second, 1: third}
        assert incident(first) == 1


async def test_a_mention_is_no_heading() -> None:
    async with Sandbox() as sandbox:
        demo_guild = furnish(sandbox)
        said = await sandbox.say(
            demo_guild.owner, demo_guild.alerts, f"{demo_guild.oncall.mention}\nCritical: Memory"
        )
        assert heading(said) == "Critical: Memory"


@pytest.mark.parametrize(
    ("listed", "count"),
    [
        ("🔴 Alerts · 2 open · 1 about to fire\nmore", 2),
        ("⚠️ Alerts · 1 about to fire\nmore", 1),
        ("✅ Alerts · all quiet\nErrors 3 open", 0),
    ],
)
def test_the_list_says_how_many_are_open(listed: str, count: int) -> None:
    assert open_incidents(listed) == count


def test_a_list_that_does_not_say_so_is_no_good_news() -> None:
    with pytest.raises(ValueError, match="this does not say what is open: Alerts"):
        open_incidents("Alerts could not be read")
