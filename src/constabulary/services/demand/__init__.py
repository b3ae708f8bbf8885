"""Demand: what was asked of the force, when and where, each figure with its working."""
