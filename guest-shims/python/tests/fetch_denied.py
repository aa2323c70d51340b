from tollgate.http import RequestDenied, fetch

try:
    fetch("http://example.org/")
except RequestDenied as error:
    print(error.code, isinstance(error, PermissionError), error.url)
