"""Pure decisions over a customer's records. Nothing here does I/O on them or reads a clock: the same rules run on tablet and server."""
