# exit: 124
# flags: --limit wall=2s
print("begun")
while True:
    pass
