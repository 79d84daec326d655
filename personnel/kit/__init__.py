"""Uniform and insignia: campaigns, issuing and taking back by the hundred, what is short and where."""
