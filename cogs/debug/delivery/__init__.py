"""Alerts and error reports to Discord's REST API, and what its answers mean."""
