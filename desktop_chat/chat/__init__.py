"""What decides over time: sessions, the library of conversations, preferences, keys. QtCore only."""
