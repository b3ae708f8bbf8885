"""Planning and accountability for police forces, as one chain of figures."""

__version__ = "0.1.0"
