"""Keeping workspaces in shape: backup, doctor, upgrade, the example."""
