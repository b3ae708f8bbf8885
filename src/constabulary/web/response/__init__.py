"""The response pages: what they share."""
