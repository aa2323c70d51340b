# A module beside the program, named like one of the library that the snapshot has imported: the program gets its own, as
# the order of sys.path says, and what is imported already keeps the library's.
import logging.handlers
import queue

print(queue.OWN, logging.handlers.queue.Queue.__name__)
