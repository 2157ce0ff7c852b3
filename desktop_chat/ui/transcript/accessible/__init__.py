"""The transcript in the accessibility tree, and what a screen reader hears."""
