"""The stream inspector: what went over the line for one reply, and when. Imported when it is first opened."""
