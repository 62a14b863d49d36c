"""Engine of DebugCog: metrics, logs, errors, alerts, outbox; independent of discord.py."""

# Loaded with the first module of ours, so that an upgrade on disk since then is noticed.
from services.debugcog.version import __version__ as __version__
