"""What every room stands on: errors, periods, provenance, progress and the force folder."""
