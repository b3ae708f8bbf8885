"""The command line: one file a group of commands, results on stdout, talk on stderr."""

from constabulary.cli.main import main

__all__ = ["main"]
