"""Performance: measures, the plan's tree, and what people say."""
