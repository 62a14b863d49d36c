"""Objects of the world → the JSON of Discord's API and gateway."""
