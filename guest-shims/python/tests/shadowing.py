# A module beside the program comes before the library's, as the order of sys.path says.
import queue

print(queue.OWN)
