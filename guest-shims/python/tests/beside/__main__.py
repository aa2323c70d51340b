import sys

import in_environment
import in_site_packages

print(sys.argv, sys.path)
print(in_environment.__file__, in_site_packages.__file__)
