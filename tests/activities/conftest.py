"""The record of the tests of the store, for activities that seal with the keys it keeps."""

from tests.event_store.conftest import database, database_url, server, settings, superuser

__all__ = ["database", "database_url", "server", "settings", "superuser"]
