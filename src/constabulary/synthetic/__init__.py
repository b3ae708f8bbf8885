"""Made-up records from a seed, in the contracts of real ones, held to a force's published figures."""

from constabulary.synthetic.calendar import Year, default_first_on, parse_year
from constabulary.synthetic.calibration import Calibration
from constabulary.synthetic.generate import Synthetic, synthesise

__all__ = ["Calibration", "Synthetic", "Year", "default_first_on", "parse_year", "synthesise"]
