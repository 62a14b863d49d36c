"""The application, its team and its commands → JSON."""

from __future__ import annotations

from discord_sandbox.wire import members
from discord_sandbox.world.application import GUILD_INSTALL, USER_INSTALL, Application, Command
from discord_sandbox.world.core import JSON
from discord_sandbox.world.users import User

INSTALL_PARAMS = {
    GUILD_INSTALL: {
        "oauth2_install_params": {"scopes": ["applications.commands", "bot"], "permissions": "0"}
    },
    USER_INSTALL: {
        "oauth2_install_params": {"scopes": ["applications.commands"], "permissions": "0"}
    },
}
"""What is asked for at each kind of installation."""


def command(it: Command, application_id: int) -> JSON:
    """Render a registered command."""
    shown = {
        **it.payload,
        "id": str(it.id),
        "application_id": str(application_id),
        "version": str(it.version),
    }
    return shown if it.guild_id is None else {**shown, "guild_id": str(it.guild_id)}


def application(it: Application, guild_count: int) -> JSON:
    """Render the application; one that a team owns shows a stand-in user as owner."""
    shown: JSON = {
        "id": str(it.id),
        "name": it.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "flags": it.flags,
        "flags_new": str(it.flags),
        "verify_key": "0" * 64,
        "bot_public": True,
        "bot_require_code_grant": False,
        "approximate_guild_count": guild_count,
        "approximate_user_install_count": len(it.installed_by),
        "integration_types_config": {
            str(kind): INSTALL_PARAMS[kind] for kind in it.integration_types
        },
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": members.user(it.owner),
        "team": None,
    }
    if it.team:
        stand_in = User(it.team.id, f"team{it.team.id}")
        shown |= {"owner": members.user(stand_in), "team": _team(it)}
    return shown


def _team(it: Application) -> JSON:
    team = it.team
    assert team is not None
    return {
        "id": str(team.id),
        "name": team.name,
        "icon": None,
        "owner_user_id": str(team.owner.id),
        "members": [
            {
                "user": members.user(each),
                "team_id": str(team.id),
                "membership_state": 2,
                "role": "admin" if position == "owner" else position,
                "permissions": ["*"],
            }
            for each, position in team.members.items()
        ],
    }
