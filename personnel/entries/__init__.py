"""Taking people in: proposing, background checks, deciding, and forgetting who was not taken in."""
