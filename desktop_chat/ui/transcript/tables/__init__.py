"""Tables: columns, numbers, cells, what can be copied from them."""
