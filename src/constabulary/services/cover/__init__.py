"""Cover: time of units in each area, and what people ask of it."""
