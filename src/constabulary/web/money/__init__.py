"""What the money pages share: ways between them, blocks, charts, tables."""
