"""What the pages and the command line ask: load, work out, keep, hand on."""
