"""The command line: words in, exit codes out, a verb a file."""
