"""What the pages about performance share."""
