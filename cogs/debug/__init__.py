"""Front door by the folder's own name: ``await bot.load_extension("cogs.debug")``."""

from __future__ import annotations

import importlib.util
import pkgutil

if __name__ == "cogs.debug":
    # A host's own folder cogs/debug without an __init__.py goes on being searched.
    __path__ = pkgutil.extend_path(__path__, __name__)
    if importlib.util.find_spec("debugcog"):  # installed: it finds services.debugcog in any host
        importlib.import_module("debugcog")

    from services.debugcog.loaded_code import loaded_code

    with loaded_code().imported_once():
        from cogs.debug.app.build import load_as
        from cogs.debug.app.ownership import Host

    async def setup(bot: Host) -> None:
        """Load DebugCog into a bot; discord.py calls it for ``load_extension("cogs.debug")``."""
        await load_as(__name__, bot)

elif not __name__.endswith(".__init__"):  # what loaders make of this file that try each one
    raise ImportError(
        f"DebugCog was found as {__name__}, and its folders have to be found as cogs.debug and "
        'services.debugcog; or install it with pip, and load it with load_extension("debugcog")'
    )
