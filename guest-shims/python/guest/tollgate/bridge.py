"""The names of the bridge contract (`bridge-contract.json`), as functions of the host.

None of them is served to Python programs yet; a program that calls one is told so by a type that it can catch.
"""


class BridgeNotServed(NotImplementedError):
    """The host does not serve this name of the contract to Python programs."""

    def __init__(self, name):
        super().__init__(f"the bridge does not serve '{name}'")
        self.name = name


def call(name, *arguments):
    """Calls a name of the contract."""
    raise BridgeNotServed(name)
