"""A sample retailer, invented from a seed: what its systems would export, as the files and events that real ones send."""

from sync.sandbox.retailer.generate import generate

__all__ = ["generate"]
