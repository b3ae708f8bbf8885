"""Values that come from outside a force folder: one dated, cited or openly assumed value a file."""

from constabulary.parameters.load import Parameter, load_parameters, read_parameters

__all__ = ["Parameter", "load_parameters", "read_parameters"]
