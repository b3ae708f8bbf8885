"""Response: calls, dispatch and investigation simulated, and who is on duty for them."""
