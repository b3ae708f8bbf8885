"""One import a file: a supplier's files read, renamed and typed to one contract, and nothing else."""
