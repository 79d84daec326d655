"""The fictional district 穗安区 with which the system is shown and tested: no real person, no real village."""
