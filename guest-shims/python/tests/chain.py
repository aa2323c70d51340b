# A long chain of objects that is there at the end is not freed, which would take more stack than there is.
class Node:
    def __init__(self, following):
        self.following = following


chain = None
for _ in range(100_000):
    chain = Node(chain)
print("built")
