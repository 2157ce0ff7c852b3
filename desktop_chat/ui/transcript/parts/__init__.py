"""What a message is drawn from: parts below each other, their text, look and heights."""
