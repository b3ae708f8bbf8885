"""The ground of every answer: a workspace, its force folder, areas, lens, long work and audit trail."""
