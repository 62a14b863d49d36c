"""/debug users and /debug metrics on a bot that is used, by their menus."""

from __future__ import annotations

from discord_sandbox.people.runs import Run
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered


def shown(run: Run) -> str:
    assert run.message
    return run.message.text


async def test_a_metric_is_told_by_label_from_its_menu(home: Home, host: Host) -> None:
    service = host.cog.runtime.metrics
    for model, value in (("small", 100.0), ("large", 2000.0)):
        service.record("llm_generation", value, model=model)
    offered = await home.sandbox.autocomplete(
        home.owner, home.channel, "debug metrics", option="metric", value="llm"
    )
    run = await home.sandbox.run_command(
        home.owner, home.channel, "debug metrics", {"metric": offered[0]["value"]}
    )
    await run.wait(lambda run: "**2** calls" in shown(run))
    chosen = await home.sandbox.choose(home.owner, run.message, "Group by a label", ["By model"])
    await chosen.wait(lambda _: "llm_generation, by model · last 1 hour" in shown(run))

    assert offered[0]["name"] == "llm_generation · average 1.05 s in 5 minutes"
    assert shown(run).index("large") < shown(run).index("small")


async def test_the_list_of_users_leads_to_one_and_back(home: Home, host: Host) -> None:
    await home.sandbox.run_command(home.owner, home.channel, "debug config")
    await home.sandbox.say(home.stranger, home.channel, "hello")
    run = await home.sandbox.run_command(home.owner, home.channel, "debug users")
    await run.wait(lambda run: f"<@{home.stranger.id}>" in shown(run))
    most = await home.sandbox.choose(home.owner, run.message, "Who uses it most", ["Most tokens"])
    await most.wait(lambda _: "Most tokens in 7 days" in shown(run))
    opened = await home.sandbox.choose(home.owner, run.message, "Open a user", ["noah"])
    await opened.wait(lambda _: f"id {home.stranger.id}" in shown(run))
    back = await home.sandbox.click(home.owner, run.message, "All users")
    await back.wait(lambda _: "Most messages in 7 days" in shown(run))

    assert run.message
    assert run.message.ephemeral


async def test_after_a_restart_the_users_and_their_days_are_there_and_old_controls_work(
    home: Home,
) -> None:
    noah = home.stranger
    async with running(Host(), home.sandbox):
        await registered()
        await home.sandbox.say(noah, home.channel, "hello")
        run = await home.sandbox.run_command(home.owner, home.channel, "debug users")
        await run.wait(lambda run: f"<@{noah.id}>" in shown(run))
    async with running(Host(), home.sandbox):
        await registered()
        before = run.message.edited_at if run.message else None
        refreshed = await home.sandbox.click(home.owner, run.message, "Refresh")
        await refreshed.wait(lambda _: run.message and run.message.edited_at != before)
        assert "**1** message · **0** interactions" in shown(run)
        opened = await home.sandbox.choose(home.owner, run.message, "Open a user", ["noah"])
        await opened.wait(lambda _: f"id {noah.id}" in shown(run))
        assert "By day" in shown(run)
        assert "1 message" in shown(run)
