"""The crime types of data.police.uk, which contracts of records and force folders both use."""

CRIME_TYPES = (
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
    # Names used in files before May 2013, kept as published.
    "Public disorder and weapons",
    "Violent crime",
)
"""As published, in all the years of the files."""
