"""Fault injection for REST requests, the gateway, interactions and channels.

Each is something that Discord, Cloudflare, the network or people do to bots now and then.
"""

from discord_sandbox.faults.requests import Fault, Trouble
from discord_sandbox.faults.state import Faults
from discord_sandbox.faults.table import KINDS, Kind, cause

__all__ = ["KINDS", "Fault", "Faults", "Kind", "Trouble", "cause"]
