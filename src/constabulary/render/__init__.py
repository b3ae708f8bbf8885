"""What leaves the system: charts, maps and tables as files."""
