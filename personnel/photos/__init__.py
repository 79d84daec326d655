"""Photos of members: pictures are read in a process of their own, re-encoded, sealed, and shown by one view."""
