"""A loopback Discord for bots: REST API, gateway, CDN and a web page on one local port."""

from discord_sandbox.server import Sandbox
from discord_sandbox.world.channels import Channel, Kind
from discord_sandbox.world.core import SandboxError
from discord_sandbox.world.files import File
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Overwrite, Permission
from discord_sandbox.world.users import Role, User
from discord_sandbox.world.world import Guild, Member

__all__ = [
    "Channel",
    "File",
    "Guild",
    "Kind",
    "Member",
    "Message",
    "Overwrite",
    "Permission",
    "Role",
    "Sandbox",
    "SandboxError",
    "User",
]
