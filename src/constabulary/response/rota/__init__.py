"""Rotas: which shifts cover a need at least cost, and a cycle of them that people can work."""
