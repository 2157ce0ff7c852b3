"""The transcript: the messages of one conversation, painted as they stream."""
