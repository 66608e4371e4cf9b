"""``python -m dtl``."""

import sys

from dtl.cli import main

sys.exit(main())
