"""Staffing and places proposed: officers by district, rotas, sites, each to be judged by simulation."""
