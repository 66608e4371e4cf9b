"""``python -m dtl``."""

import sys

from dtl.cli.main import main

sys.exit(main())
