"""Messages as rows: what they consist of, what arrives for them, what can be done with them."""
