"""The force folder: what a person writes down about one force, read and checked before anything uses it."""

from constabulary.core.force.load import load_force
from constabulary.core.force.model import (
    Area,
    Channel,
    District,
    Entry,
    Establishment,
    FinanceRule,
    Force,
    Grade,
    HarmWeight,
    IncidentCategory,
    Measure,
    PrintedCell,
    PrintedTable,
    PublishedVolume,
    Residents,
    ResourceUnit,
    Source,
    Target,
)
from constabulary.core.force.shipped import list_shipped, shipped_force

__all__ = [
    "Area",
    "Channel",
    "District",
    "Entry",
    "Establishment",
    "FinanceRule",
    "Force",
    "Grade",
    "HarmWeight",
    "IncidentCategory",
    "Measure",
    "PrintedCell",
    "PrintedTable",
    "PublishedVolume",
    "Residents",
    "ResourceUnit",
    "Source",
    "Target",
    "list_shipped",
    "load_force",
    "shipped_force",
]
