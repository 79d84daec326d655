"""Changing some fields of many people at once: chosen, previewed, judged again under locks, written in one go."""
