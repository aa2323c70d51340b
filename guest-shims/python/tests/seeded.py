# A program that seeds gets what it gets anywhere.
import random

random.seed(1)
print(random.random(), random.Random("x").randrange(10**6))
