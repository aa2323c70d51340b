# exit: 134
# Known and not ours to change, like recursion_native.py: freeing such a chain recurses inside CPython.
class Node:
    def __init__(self, following):
        self.following = following


chain = None
for _ in range(100_000):
    chain = Node(chain)
print("built")
chain = None
print("freed")
