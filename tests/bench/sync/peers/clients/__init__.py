"""The clients of the peers. Each runs in its peer's own interpreter."""
