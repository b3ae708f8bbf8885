"""What the pages of sites, rotas and officers share."""
