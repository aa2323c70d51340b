# exit: 2
# arguments: -X importtime
