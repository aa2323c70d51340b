import datetime
import logging
import time

start = time.monotonic()
time.sleep(0.02)
print(0.02 <= time.monotonic() - start < 5, time.perf_counter() - start >= 0.02, time.process_time() >= 0)
print(abs(time.time() - datetime.datetime.now().timestamp()) < 1, time.time() > 1.7e9)
record = logging.LogRecord("x", 20, "", 0, "", (), None)
print("since the start of this run:", 0 <= record.relativeCreated < 60_000)
print(time.tzname, time.localtime(0).tm_hour)
