"""What the pages of cover share: their filters, their words, their tables and their charts."""
