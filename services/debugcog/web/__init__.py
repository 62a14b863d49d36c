"""The web dashboard: answers → JSON and pages, served by a thread of its own."""
