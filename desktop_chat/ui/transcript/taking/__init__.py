"""Selecting text and taking it along: clipboard and drag."""
