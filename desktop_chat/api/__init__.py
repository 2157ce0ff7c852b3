"""Bytes on the wire: the Messages API client and the built-in demo server. No Qt."""
