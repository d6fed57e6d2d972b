"""Many finished runs side by side: tables, tests and pictures, read from run directories alone."""
