"""What can be seen: windows and widgets. No I/O."""
