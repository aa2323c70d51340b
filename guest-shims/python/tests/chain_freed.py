# exit: 134
# Known and not ours to change: freeing such a chain recurses inside CPython, which does not see the engine's stack. Of
# a tenth of it nothing is seen; tests/chain.py holds that what is left at the end is never freed.
class Node:
    def __init__(self, following):
        self.following = following


chain = None
for _ in range(100_000):
    chain = Node(chain)
print("built")
chain = None
print("freed")
