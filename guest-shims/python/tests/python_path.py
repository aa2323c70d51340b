# flags: --env PYTHONPATH=/program/beside/site-packages:/absent
import sys

import in_site_packages

print(in_site_packages.NAME, sys.path)
