"""The half-yearly confirmation of lists: who serves in a unit, said by its leader and kept as it was signed."""
