"""Money: the plan, what it rests on, and what a pound buys."""
