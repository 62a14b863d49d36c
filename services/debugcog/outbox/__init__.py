"""Transactional outbox: posts committed together with their cause, then delivered once."""
