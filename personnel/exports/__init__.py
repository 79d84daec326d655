"""Lists of people as files: what is written, for whom, with which numbers, and on record."""
