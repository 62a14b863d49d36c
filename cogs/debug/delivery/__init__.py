"""Delivery of alerts and error reports through Discord's REST API."""
