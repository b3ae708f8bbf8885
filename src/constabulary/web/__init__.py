"""The pages and the API: one page a file in `pages/`; a page asks a service and formats what it answers."""
