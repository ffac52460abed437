"""A webhook on loopback: keeps what is posted to it, one JSON document a line, and answers as told.

Usage: webhook_server.py FILE STATUS. Prints its port, and ends when standard input does.
"""

import http.server
import sys
import threading


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[1], "ab") as kept:
            kept.write(body + b"\n")
        self.send_response(int(sys.argv[2]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
