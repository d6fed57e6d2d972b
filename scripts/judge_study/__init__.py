"""The study of which measure sees which collapse, at which number of samples."""
