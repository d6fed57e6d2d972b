"""What the terminal shows while a run trains and when it ends."""
