"""One force merges into another: simulated, proposed by one, confirmed by another, carried out, taken back."""
