"""Compiled loops of the response domain: numbers and arrays only."""
