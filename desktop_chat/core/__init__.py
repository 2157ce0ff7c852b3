"""The words of the domain: plain values and pure functions, standard library only."""
