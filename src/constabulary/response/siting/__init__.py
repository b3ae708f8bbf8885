"""Where units should wait: the fewest minutes, the shortest worst journey, the most demand within a standard."""
