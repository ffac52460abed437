"""Answers as OpenAI does while a command runs: calls one function, then speaks.

Usage: openai_server.py REQUESTS COMMAND...

Every request is written into the file REQUESTS, as one line of JSON.
"""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

CHARGE = {"account": "cus_1", "amount_minor": 199, "currency": "usd", "reference": "r1"}


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        body = json.dumps(completion(request)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def completion(request):
    heard = request["messages"][-1]
    message = {"role": "assistant", "content": None}
    if heard["role"] == "tool":
        message["content"] = f"There are {json.loads(heard['content'])['jobs']} jobs."
    else:
        function = {"name": "billing-plan_charge", "arguments": json.dumps(CHARGE)}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {
        "id": "completion_1",
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [choice],
    }


server = HTTPServer(("127.0.0.1", 0), Answer)
server.requests = []
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v1"
ended = subprocess.run(sys.argv[2:], env=os.environ | {"OPENAI_BASE_URL": url}, timeout=600)
with open(sys.argv[1], "w") as file:
    file.writelines(json.dumps(request) + "\n" for request in server.requests)
sys.exit(ended.returncode)
