"""The real adapters: the protocols of this package over HTTP and JSON."""
