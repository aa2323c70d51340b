# needs: http
import json
import os
import urllib.error
import urllib.parse
import urllib.request

server = os.environ["SERVER"]
with urllib.request.urlopen(server + "/a", timeout=20) as answer:
    print(answer.status, answer.reason, answer.getheader("content-type"), json.load(answer)["path"], answer.url == server + "/a")
request = urllib.request.Request(server, urllib.parse.urlencode({"a": "b c"}).encode(), {"X-Agent": "test"}, method="PUT")
print(json.load(urllib.request.urlopen(request)))
print(urllib.request.urlopen(server + "/redirect").url.endswith("/landed"))
try:
    urllib.request.urlopen(server + "/missing")
except urllib.error.HTTPError as error:
    print(error.code, error.reason, error.read())
try:
    urllib.request.urlopen("http://denied.example/")
except urllib.error.URLError as error:
    print(type(error.reason).__name__, error.reason.code)
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
opener.addheaders = [("X-Agent", "opened")]
print(json.load(opener.open(server))["agent"])
