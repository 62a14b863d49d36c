"""Objects of the world → the JSON that Discord's API and gateway show of them."""
