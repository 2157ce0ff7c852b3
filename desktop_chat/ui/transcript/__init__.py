"""The transcript: the messages of one conversation, painted as they stream."""

from desktop_chat.ui.transcript.view import TranscriptView

__all__ = ["TranscriptView"]
