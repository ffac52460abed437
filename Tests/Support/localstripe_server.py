"""localstripe, a Stripe that nobody here wrote, on loopback and in memory only.

    python localstripe_server.py

prints its port on stdout and ends when its standard input is closed.
"""

import os
import socket
import sys
import threading

from aiohttp import web
from localstripe import resources
from localstripe.server import app

resources.Store.dump_to_disk = lambda self: None
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
web.run_app(app, sock=listener, access_log=None, print=lambda *_: print(port, flush=True))
