# A little of much of the library.
import base64
import collections
import csv
import dataclasses
import datetime
import decimal
import hashlib
import hmac
import io
import json
import logging
import re
import sqlite3
import statistics
import string
import struct
import textwrap
import tomllib
import unicodedata
import xml.etree.ElementTree
import zipfile
import zlib

print(hashlib.sha256(b"x").hexdigest()[:8], hashlib.md5(b"x").hexdigest()[:8], hashlib.blake2b(b"x").hexdigest()[:8])
print(sorted(hashlib.algorithms_available))
print(hmac.new(b"k", b"m", "sha256").hexdigest()[:8])
print(json.dumps({"a": [1, 2.5, None, "ü"]}), json.loads('{"b": true}'))
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "one two"), re.findall(r"\d+", "a1b22"))
with sqlite3.connect(":memory:") as database:
    database.execute("create table t (a, b)")
    database.executemany("insert into t values (?, ?)", [(1, "x"), (2, "y")])
    print(database.execute("select sum(a), max(b) from t").fetchone())
print(decimal.Decimal("1.1") + decimal.Decimal("2.2"), statistics.mean([1, 2, 4]))
print(datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc).isoformat())
print(datetime.datetime.strptime("3 Feb 2026", "%d %b %Y").date())
print(zlib.decompress(zlib.compress(b"squeezed")), struct.pack("<I", 7), base64.b64encode(b"xyz"))
print(list(csv.DictReader(io.StringIO("a,b\n1,2\n"))), tomllib.loads("a = [1]"))
print(xml.etree.ElementTree.fromstring("<a><b>t</b></a>").findtext("b"))
print(unicodedata.name("ü"), textwrap.shorten("many words in a line", 12), string.Template("$x").substitute(x=1))


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0


print(Point(1) < Point(1, 2), collections.Counter("abca").most_common(1))
logging.basicConfig(format="%(levelname)s:%(message)s")
logging.warning("on the error stream")
with zipfile.ZipFile(io.BytesIO(), "w") as archive:
    archive.writestr("a", "b")
    print(archive.namelist())
