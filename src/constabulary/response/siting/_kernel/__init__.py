"""Compiled loops of the location models: arrays in, arrays out."""
