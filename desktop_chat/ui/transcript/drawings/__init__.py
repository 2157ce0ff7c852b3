"""What is drawn away from the GUI thread: maths, diagrams, pictures."""
