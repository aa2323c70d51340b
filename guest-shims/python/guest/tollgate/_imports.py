"""Which modules lie in the snapshot imported, and what is set up in them."""

import importlib
import time

# Chosen by what programs import most and by what others of the list need. A module in the snapshot costs a run nothing
# until it is used, but for the size of the component. Not in the list: what draws secrets or reads the clock when it
# is imported (`multiprocessing`, `uuid` draws only when asked), and what is rare.
NAMES = """
    abc argparse ast asyncio base64 bisect calendar codecs collections collections.abc concurrent.futures configparser
    contextlib contextvars copy csv dataclasses datetime decimal difflib email.message email.parser email.utils
    encodings.ascii encodings.idna encodings.latin_1 encodings.utf_8_sig enum errno fnmatch fractions functools getpass
    gettext glob gzip hashlib heapq hmac html html.parser http http.client http.cookies importlib.metadata
    importlib.resources importlib.util inspect io ipaddress itertools json keyword linecache locale logging
    logging.handlers marshal math mimetypes numbers operator os pathlib pickle pkgutil platform pprint queue random re
    reprlib secrets select selectors shlex shutil signal socket sqlite3 stat statistics string struct subprocess
    tempfile textwrap threading time timeit token tokenize tomllib traceback types typing unicodedata unittest
    unittest.mock urllib.error urllib.parse urllib.request urllib.response uuid warnings weakref xml.etree.ElementTree
    zipfile zipimport zlib zoneinfo
    _colorize _strptime runpy
""".split()


def load():
    for name in NAMES:
        importlib.import_module(name)
    # The C library counts the time of the process from when it was set up, which was in the build. There is no clock
    # here that counts what a guest computes; the time of the run is what comes next to it.
    time.process_time, time.process_time_ns = time.perf_counter, time.perf_counter_ns
    from tollgate import _loop

    _loop.install()


def load_ours():
    """What needs the interfaces of our worlds."""
    from tollgate import _opener, bridge  # noqa: F401

    _opener.install()
