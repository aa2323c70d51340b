# arguments: -m parcel.tool one two
# flags: --env PYTHONPATH=/program
# The work is done by parcel/tool.py.
