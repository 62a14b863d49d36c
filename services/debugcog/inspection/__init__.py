"""Looks into the process that somebody asks for: objects, allocations, where time goes."""
