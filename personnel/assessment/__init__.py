"""Assessing people: scores by form, grid and list, ratings, closing, appeals."""
