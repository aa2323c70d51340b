# exit: 1
class Own(BaseException):
    def __str__(self):
        return "an exception of its own"


raise Own
