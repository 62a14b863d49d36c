"""Support bundle: one archive with what an engineer asks for, redacted, and a page to read it."""
