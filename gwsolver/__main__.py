"""``python -m gwsolver``: the command line."""

import sys

from gwsolver.cli import main

sys.exit(main())
