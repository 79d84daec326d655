"""Child processes for bytes that nobody trusts: without secrets, files or time to waste.

starter.py is the side of the web server; ceilings.py is the child's, which knows nothing of Django.
"""
