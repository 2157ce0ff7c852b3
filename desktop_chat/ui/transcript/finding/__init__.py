"""Find in the conversation."""
