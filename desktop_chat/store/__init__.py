"""Bytes on disk and in the keyring: conversations, settings, the API key. No Qt."""
