"""Demand: what comes in, when, where and how heavy; pure functions on declared counts."""
