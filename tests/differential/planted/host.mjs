// The two must differ here: a comparison that does not see it has no result.
print(typeof process);
