"""Compiled loops over arrays; nothing here knows of anything but numbers."""
