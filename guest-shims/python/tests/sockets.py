# needs: http
# Without TLS, the library's own client works over sockets.
import http.client
import json
import os
from urllib.parse import urlsplit

connection = http.client.HTTPConnection(urlsplit(os.environ["SERVER"]).netloc, timeout=20)
connection.request("POST", "/over/a/socket", b"body")
answer = connection.getresponse()
print(answer.status, json.load(answer)["path"])
