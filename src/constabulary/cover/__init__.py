"""Cover: where units were, for how long, and what that rests on."""
