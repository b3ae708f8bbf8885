"""The contracts: what each table holds, in which types and units, and what a row must satisfy to be kept."""
