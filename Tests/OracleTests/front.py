"""Stripe's front door for localstripe: idempotency, Stripe's manners, and faults on a schedule.

    python3 front.py URL_OF_LOCALSTRIPE

prints its port on stdout and ends when its standard input is closed. The key sk_test_case_NAME
belongs to the case NAME, whose requests are numbered from 1, GETs included:

    POST /_cases/NAME   {"faults": {"3": "lost", ...}, "process": FILE}: what happens to which of
                        its requests from now on; FILE holds the number of the process to kill
    GET  /_cases/NAME   {"requests": N, "working": N, "met": [faults that happened]}

Like Stripe, it keeps the answers 200, 402 and 500 under their idempotency key and gives them again
with Idempotent-Replayed: true; answers 409 while the first request runs and 400 idempotency_error
to another body or path; and keeps nothing of any other answer. What localstripe 1.15.10 does not
do, or does otherwise, is done here and nowhere else:

    - it refuses `description` and `error_on_requires_action` of a payment intent,
      `cancellation_reason` of a cancel, and every parameter of an invoice's pay: left out
    - an intent that asks for its customer is a 402 where error_on_requires_action was asked for
    - its 402 is of the type invalid_request_error and names no intent: a card_error that does
    - a payment of an invoice that is declined is a 200 with an open invoice: a 402
    - an invoice is a draft until it is paid, and there is no finalize: a draft is told as open
    - an intent has no amount_received, an invoice no amount_remaining: added
    - lists are oldest first, most take no `customer` or `created[gte]`: read whole, done here
    - it sends no Request-Id
"""

import email.utils
import http.client
import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

LATE_SECONDS = 0.7
KEPT = (200, 402, 500)
ASKS_NOBODY = ("error_on_requires_action", "true")


def error(kind, message, **members):
    return {"error": {"type": kind, "message": message, **members}}


ERROR = error("api_error", "Something went wrong on Stripe's end.")
UNAVAILABLE = error("api_error", "Stripe is unavailable.")
LIMITED, BUSY = "Too many requests.", "Another request under this key runs."

# Whether localstripe is asked, and what is shown of its answer, or in its place. What is late is
# executed when its client has given up; a reset stands for a wait that would take minutes.
FAULTS = {
    "none": ("now", "answer"),
    "reset": ("never", "reset"), "close": ("never", "close"), "noise": ("never", "noise"),
    "late": ("late", "reset"),
    "lost": ("now", "reset"), "dropped": ("now", "close"), "garbage": ("now", "noise"),
    "cut_length": ("now", "cut_length"), "cut_open": ("now", "cut_open"),
    "cut_head": ("now", "cut_head"), "hang_up": ("now", "hang_up"),
    "error": ("never", (500, ERROR)), "error_after": ("now", (500, ERROR)),
    "unavailable": ("never", (503, UNAVAILABLE)), "unavailable_after": ("now", (503, UNAVAILABLE)),
    "proxy": ("now", (502, "<html><body>502 Bad Gateway</body></html>")),
    "rate_limit": ("never", (429, error("invalid_request_error", LIMITED, code="rate_limit"))),
    "lock_timeout": ("never", (429, error("invalid_request_error", LIMITED, code="lock_timeout"))),
    "expired": ("never", (401, error("invalid_request_error", "Expired API Key: sk_test_****"))),
    "forbidden": ("never", (403, error("invalid_request_error", "No permission for this."))),
    "busy": ("never", (409, error("idempotency_error", BUSY, code="idempotency_key_in_use"))),
    "kill_before": ("never", "kill"), "kill_after": ("now", "kill"),
    "kill_late": ("late", "kill"), "kill_amid": ("now", "kill_amid"),
}


class Case:
    """The requests of one key: what is to happen to them, and the answers kept for it."""

    def __init__(self):
        self.lock, self.saved, self.met = threading.Lock(), {}, []
        self.faults, self.process, self.requests, self.working = {}, None, 0, 0

    def next_fault(self):
        with self.lock:
            self.requests += 1
            fault = self.faults.get(str(self.requests), "none")
            self.working += 1
            if fault != "none":
                self.met.append(fault)
            return fault

    def done(self):
        with self.lock:
            self.working -= 1

    def begin(self, key, request):
        """The answer that there is already; None when the request is to be executed."""
        with self.lock:
            if key not in self.saved:
                if key:
                    self.saved[key] = (request, None)
                return None
            first, answer = self.saved[key]
            if first != request:
                message = "This key was used with another request."
                return 400, error("idempotency_error", message), {}
            if answer is None:
                return (*FAULTS["busy"][1], {})
            return (*answer, {"Idempotent-Replayed": "true"})

    def finish(self, key, request, status, body):
        """Keeps an answer, or forgets that there was a request."""
        with self.lock:
            if key and status in KEPT:
                self.saved[key] = (request, (status, body))
            elif key:
                del self.saved[key]
        return status, body, {}


class Localstripe:
    """localstripe, asked as Stripe is asked, answering as Stripe answers."""

    def __init__(self, url):
        self.address = urlsplit(url).netloc

    def ask(self, method, target, authorization, form=None):
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {"Authorization": authorization}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, target, form and urlencode(form), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)

    def execute(self, method, target, authorization, body):
        url = urlsplit(target)
        names = url.path.strip("/").split("/")[1:]
        if method == "GET" and names[1:] == [] and names != ["customers"]:
            return self.page(names[0], dict(parse_qsl(url.query)), authorization)
        asked = parse_qsl(body, keep_blank_values=True)
        form = [pair for pair in asked if self.takes(names, pair[0])] if body else None
        status, told = self.ask(method, target, authorization, form)
        if status == 402 and "charge" in told["error"]:
            _, charge = self.ask("GET", "/v1/charges/" + told["error"]["charge"], authorization)
            return self.declined(charge["payment_intent"], charge["id"])
        told = self.completed(told)
        if status == 200 and method == "POST":
            if names[2:] == ["pay"] and told["status"] == "open":
                return self.declined(told["payment_intent"], told["charge"])
            if told.get("status") == "requires_action" and ASKS_NOBODY in asked:
                return self.declined(told["id"], None, "authentication_required")
        return status, told

    def takes(self, names, parameter):
        if names[2:] == ["pay"]:
            return False
        return names[0] != "payment_intents" or parameter not in (
            "description", "error_on_requires_action", "cancellation_reason")

    def declined(self, intent, charge, code="card_declined"):
        about = {"payment_intent": {"id": intent}} if intent else {}
        charge = charge["id"] if isinstance(charge, dict) else charge
        about |= {"charge": charge} if charge else {}
        return 402, error("card_error", "The card was declined.", code=code,
                          decline_code="generic_decline", **about)

    def completed(self, told):
        if told.get("object") == "payment_intent":
            told["amount_received"] = told["amount"] if told["status"] == "succeeded" else 0
        if told.get("object") == "invoice":
            told["status"] = "open" if told["status"] == "draft" else told["status"]
            told["amount_remaining"] = told["amount_due"] - told["amount_paid"]
        return told

    def page(self, name, asked, authorization):
        """A page of a list, newest first, among objects of one second as well."""
        known = {"charges": ("customer",), "refunds": ("charge", "payment_intent")}.get(name, ())
        query = {key: asked[key] for key in known if key in asked}
        status, told = self.ask(
            "GET", f"/v1/{name}?" + urlencode({**query, "limit": 1_000_000}), authorization)
        if status != 200:
            return status, told
        found = sorted(told["data"], key=lambda one: one["created"])[::-1]
        found = [self.completed(one) for one in found
                 if one.get("customer") == asked.get("customer", one.get("customer"))
                 and one["created"] >= int(asked.get("created[gte]", 0))]
        if "starting_after" in asked:
            ids = [one["id"] for one in found]
            found = found[ids.index(asked["starting_after"]) + 1:]
        limit = int(asked.get("limit", 10))
        return 200, {**told, "data": found[:limit], "has_more": len(found) > limit}


class Handler(BaseHTTPRequestHandler):
    """One connection: meets each request with what is next on its case's schedule."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path.startswith("/_cases/"):
            return self.order(self.server.case(self.path.removeprefix("/_cases/")), body)
        authorization = self.headers["Authorization"]
        case = self.server.case(authorization.removeprefix("Bearer sk_test_case_"))
        fault = case.next_fault()
        try:
            self.meet(case, fault, (self.command, self.path, authorization, body))
        finally:
            case.done()

    do_GET = do_POST = serve

    def order(self, case, body):
        with case.lock:
            if body:
                order = json.loads(body)
                case.faults, case.process = order["faults"], order["process"]
            told = {"requests": case.requests, "working": case.working, "met": case.met}
        self.connection.sendall(self.message(200, told, {}))

    def meet(self, case, fault, request):
        executed, shown = FAULTS[fault]
        key = self.headers["Idempotency-Key"] if self.command == "POST" else None
        answer = None
        if executed != "never" or fault == "error":
            answer = case.begin(key, request)
        if executed == "late":
            self.show(case, shown, (200, "", {}))
            time.sleep(LATE_SECONDS)
        if executed != "never" and answer is None:
            answer = self.server.localstripe.execute(*request)
            answer = case.finish(key, request, *(shown if fault == "error_after" else answer))
        elif fault == "error" and answer is None:
            answer = case.finish(key, request, *shown)
        if executed != "late":
            # A 500 that is kept is an answer; every other status comes from something in front.
            is_front = isinstance(shown, tuple) and not fault.startswith("error")
            self.show(case, shown, (*shown, {}) if is_front else answer)

    def show(self, case, shown, answer):
        """Sends an answer, or what is left of it."""
        whole = b"" if answer is None else self.message(*answer)
        if shown == "answer" or isinstance(shown, tuple):
            return self.connection.sendall(whole)
        self.close_connection = True
        if shown == "kill_amid":
            self.connection.sendall(whole[: -len(whole) // 4])
        if shown.startswith("kill"):
            return self.kill(case.process)
        if shown == "cut_open":
            whole = whole.replace(b"Content-Length", b"X-Length")
        if shown != "reset":
            self.connection.sendall({
                "close": b"", "hang_up": whole, "noise": b"\x00\x01 this is no HTTP\r\n\r\n",
                "cut_length": whole[: -len(whole) // 4], "cut_open": whole[: -len(whole) // 4],
                "cut_head": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nRequ",
            }[shown])
            return self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def kill(self, process):
        """Kills the process that asks, and returns once the kernel has closed its connection."""
        with open(process, encoding="ascii") as file:
            os.kill(int(file.read()), signal.SIGKILL)
        try:
            self.connection.settimeout(30)
            self.connection.recv(1)
        except ConnectionError:
            pass

    def message(self, status, body, extra):
        text = (body if isinstance(body, str) else json.dumps(body)).encode()
        fields = {"Date": email.utils.formatdate(usegmt=True), "Content-Type": "application/json",
                  "Content-Length": len(text), "Request-Id": f"req_{time.time_ns()}", **extra}
        lines = [f"{name}: {value}\r\n" for name, value in fields.items()]
        return f"HTTP/1.1 {status} Answer\r\n{''.join(lines)}\r\n".encode() + text


class Front(ThreadingHTTPServer):
    """Closes connections without ado, so that what was asked for, FIN or RST, is what is sent."""

    request_queue_size = 128

    def __init__(self, localstripe):
        super().__init__(("127.0.0.1", 0), Handler)
        self.localstripe, self.cases, self.lock = localstripe, {}, threading.Lock()

    def case(self, name):
        with self.lock:
            return self.cases.setdefault(name, Case())

    def shutdown_request(self, request):
        self.close_request(request)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    front = Front(Localstripe(sys.argv[1]))
    print(front.server_port, flush=True)
    front.serve_forever()


if __name__ == "__main__":
    main()
