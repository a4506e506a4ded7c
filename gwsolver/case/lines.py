"""Where in a TOML file a key stands (`gwsolver.core.lines`)."""

from gwsolver.core.lines import LineIndex as LineIndex
from gwsolver.core.lines import Location as Location
