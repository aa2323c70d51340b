# arguments: -m parcel one
# flags: --env PYTHONPATH=/program
# The work is done by parcel/__main__.py.
