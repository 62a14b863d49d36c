"""A loopback Discord: what a bot does → what people see, and the other way round."""

from sandbox.server import Sandbox
from sandbox.world.channels import Channel, Kind
from sandbox.world.core import SandboxError
from sandbox.world.files import File
from sandbox.world.messages import Message
from sandbox.world.permissions import Overwrite, Permission
from sandbox.world.users import Role, User
from sandbox.world.world import Guild, Member

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
