"""What finished runs say together: tables, tests and pictures, read from run directories alone."""
