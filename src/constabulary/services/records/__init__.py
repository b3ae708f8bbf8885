"""Records in: read, checked, kept, superseded, withdrawn, made up."""
