"""Extension ``cogs.debug``: entry point for bots that hold a copy of these folders."""

from __future__ import annotations

import importlib.util
import pkgutil
from collections.abc import Awaitable

if __name__ == "cogs.debug":
    # A host's own folder cogs/debug without an __init__.py goes on being searched.
    __path__ = pkgutil.extend_path(__path__, __name__)
    from cogs.debug.app.host import require_bot, require_discord_py

    require_discord_py()
    if importlib.util.find_spec("debugcog"):  # installed: it finds services.debugcog in any host
        importlib.import_module("debugcog")

    from services.debugcog.loaded_code import loaded_code

    with loaded_code().imported_once():
        from cogs.debug.app.ownership import Host
        from cogs.debug.app.setup import add_to

    def setup(bot: Host) -> Awaitable[None]:
        """Load DebugCog into a bot; discord.py calls it for ``load_extension("cogs.debug")``.

        Other libraries call it and do not await what they get, so they are refused at once.
        """
        require_bot(bot)
        return add_to(bot, setup)

elif not __name__.endswith(".__init__"):  # what loaders make of this file that try each one
    raise ImportError(
        f"DebugCog was found as {__name__}, and its folders have to be found as cogs.debug and "
        'services.debugcog; or install it with pip, and load it with load_extension("debugcog")'
    )
