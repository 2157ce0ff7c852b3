"""Moving over the page: scroll contract, keyboard, mouse, caret, focus."""
