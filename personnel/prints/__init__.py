"""People on paper: rosters to be signed and work cards, as pages that the browser prints, each on record."""
