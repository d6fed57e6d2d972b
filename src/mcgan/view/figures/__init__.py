"""Pictures of an evaluation, drawn with matplotlib."""
