"""Where everything is kept: the workspace, the lake of Delta tables, and the DuckDB lens that reads it."""
