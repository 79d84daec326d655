"""Transfers: asking another unit for a person, deciding, lapsing, and moving people between units of one's own."""
