"""Quick entry: a squad typed into a grid, judged and imported like a roster that was sent as a file."""
