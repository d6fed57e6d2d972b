"""How the runs of a sweep are trained as the lanes of one program."""
