"""Fixtures for tests of the server."""

from tests.integration.databases import empty_url, engine, postgresql

__all__ = ["empty_url", "engine", "postgresql"]
