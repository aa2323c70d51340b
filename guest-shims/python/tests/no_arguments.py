# exit: 2
# arguments: 
