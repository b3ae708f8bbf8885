"""Compiled loops over fixes; nothing here knows of anything but numbers."""
