# exit: 1
import parcel.failing


def start():
    print("before")
    parcel.failing.call(parcel.failing.fail)


start()
