"""/debug config: the settings in force, and where each comes from."""
