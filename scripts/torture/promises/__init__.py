"""One promise a file: the first paragraph says it, the second how it is tried."""
