# runs: differ
# The interpreter is a snapshot, yet nothing that is drawn repeats.
import os
import random
import secrets
import tempfile
import time
import uuid

print(random.random(), random.getrandbits(64))
print(random.Random().random())
print(random.SystemRandom().random())
print(os.urandom(16).hex())
print(secrets.token_hex())
print(uuid.uuid4())
print(uuid.uuid1())
print(uuid.uuid7())
print(next(tempfile._get_candidate_names()))
print(random.sample(range(10**9), 3))
print(time.time_ns())
