"""The kinds of budget line, one a module; see `constabulary.finance.plan.kind`."""
