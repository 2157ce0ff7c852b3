"""Markdown as text becomes blocks: split while it streams, read, made visible. Knows no Qt."""
