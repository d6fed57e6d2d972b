"""What mcgan asks of the machine: whole files, locks, signals, workers, devices."""
