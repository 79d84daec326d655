"""Units merged, renumbered and split, as one dated batch. There is no undo but a reorganisation backwards."""
