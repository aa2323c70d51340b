# exit: 1
def again():
    again()


again()
