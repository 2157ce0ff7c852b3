"""A native desktop client for Claude and every server that speaks the Messages API."""

__version__ = "0.1.0"
