"""Faults on demand: what goes wrong with requests, the gateway, interactions and channels.

Each is something that Discord, Cloudflare, the network or people do to bots now and then.
"""

from sandbox.faults.requests import Fault, Trouble
from sandbox.faults.state import Faults
from sandbox.faults.table import KINDS, Kind, cause

__all__ = ["KINDS", "Fault", "Faults", "Kind", "Trouble", "cause"]
