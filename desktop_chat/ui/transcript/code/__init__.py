"""Code blocks: header, colours, lines, folding, saving."""
