"""A small Stripe on loopback, and everything that can go wrong on the way to it.

    python3 stripe_server.py [--port N] [--tls CERT KEY] [--deaf] [--until-eof]

prints its port on stdout. --deaf lets no connection be made; --until-eof ends it when its standard
input is closed.

What an account does is in its id: cus_decline_insufficient_funds_7 is declined with that decline
code, cus_action_... asks for its customer, cus_processing_... does not finish, cus_none_... has no
payment method, cus_missing_... is not there; every other cus_... pays. A refund for cus_slow_...
stays pending. The key rk_test_bad_... is not known (401), rk_test_weak_... may do nothing (403); a
live key makes live objects.

    GET  /_requests   what came in, one JSON line each: method, path, headers, body,
                      connection (the client's port)
    GET  /_objects    every charge, payment intent, refund and invoice, one JSON line each
    POST /_invoices   a JSON list: invoices that there are from now on, as Stripe writes them;
                      "id", "customer" and "amount" will do, the rest is open and long past due
    POST /_charge     the form of a payment intent: it is made, as Stripe may do long after a 500
    POST /_faults     a JSON list: faults for the next requests, in order
    POST /_clock      {"offset": SECONDS} moves this server's time
    POST /_delay      {"most": SECONDS, "seed": N}: every request waits at random, at most so long
                      before it is executed and again before it is answered
    POST /_permit     a JSON list of prefixes of "METHOD /path": from now on everything else
                      answers 403
    POST /_reset      forgets everything

A fault is {"fault": KIND, ...}. "match" (a prefix of "METHOD /path") makes it wait for such a
request, "times" repeats it, "execute": false keeps the request from being executed. KIND is:

    answer       "status", "headers", "body" in place of the real answer; not executed unless
                 "execute" is true; "save": true keeps it under the idempotency key
    reset_early  the connection is reset when it is accepted, before the request is read
    reset        reset after the request         close       closed after the request
    silence      no answer for "seconds"         hang_up     answered, then closed without a word
    cut_body     half of a body with its length  cut_open    half of a body without a length
    cut_headers  closed in the headers           garbage     no HTTP at all
    huge         "bytes" of body (10 MiB)        huge_headers  as many of headers
    continue     100 Continue, then the answer   redirect    307 to "location"
    drip         a byte each "seconds" (0.05)
"""

import argparse
import email.utils
import json
import os
import random
import re
import socket
import ssl
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

COMMON = {"amount", "currency", "customer", "description"}
PARAMETERS = {
    "/v1/charges": COMMON | {"source"},
    "/v1/payment_intents": COMMON | {
        "payment_method", "confirm", "off_session", "error_on_requires_action",
        "payment_method_types[]"},
    "/v1/refunds": {"charge", "payment_intent", "amount", "reason"},
    "/v1/invoices": {"payment_method", "off_session"},
}
KINDS = {"/v1/charges": ("charge", "ch"), "/v1/payment_intents": ("payment_intent", "pi"),
         "/v1/refunds": ("refund", "re"), "/v1/invoices": ("invoice", "in")}


class Refusal(Exception):
    """An answer that is an error, as Stripe writes it."""

    def __init__(self, status, message, kind="invalid_request_error", **members):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **members}}


class Stripe:
    """Customers, charges, payment intents and saved answers, in memory."""

    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        self.objects, self.saved = {}, {}
        self.requests, self.faults, self.offset = [], [], 0
        self.delay, self.random = 0, random.Random()
        self.permitted = [""]

    def now(self):
        return time.time() + self.offset

    def wait(self):
        if self.delay:
            time.sleep(self.random.uniform(0, self.delay))

    def take_fault(self, line=None):
        """Removes and returns the fault for a request, or, without a line, for a new connection."""
        with self.lock:
            early = [fault for fault in self.faults[:1] if fault["fault"] == "reset_early"]
            late = [fault for fault in self.faults if fault["fault"] != "reset_early"
                    and line is not None and line.startswith(fault.get("match", ""))]
            fault = next(iter(early if line is None else late), None)
            if fault:
                fault["times"] = fault.get("times", 1) - 1
                if fault["times"] <= 0:
                    self.faults.remove(fault)
            return fault

    def answer(self, method, target, headers, body):
        """The status, extra headers and JSON text of a request."""
        key = headers.get("idempotency-key") if method == "POST" else None
        with self.lock:
            if key in self.saved:
                request, status, answer = self.saved[key]
                if request == (target, body, headers.get("stripe-account")):
                    return status, {"Idempotent-Replayed": "true"}, answer
                message = "This key was used with other parameters."
                return 400, {}, json.dumps(Refusal(400, message, "idempotency_error").body)
            try:
                status, answer = 200, self.execute(method, target, headers, body)
            except Refusal as refusal:
                status, answer = refusal.status, refusal.body
            answer = json.dumps(answer, indent=2)
            if key and status in (200, 402):
                self.save(headers, target, body, status, answer)
            return status, {}, answer

    def save(self, headers, target, body, status, answer):
        """Keeps an answer for the next request under the same key."""
        request = (target, body, headers.get("stripe-account"))
        self.saved[headers.get("idempotency-key")] = (request, status, answer)

    def execute(self, method, target, headers, body):
        """Does what is asked and returns a JSON object, or raises a Refusal."""
        parts = urlsplit(target)
        live = self.authorize(headers)
        if not any(f"{method} {target}".startswith(prefix) for prefix in self.permitted):
            raise Refusal(403, "The key does not have the required permissions.")
        form = dict(parse_qsl(body if method == "POST" else parts.query, keep_blank_values=True))
        names = parts.path.strip("/").split("/")[1:]
        kind = "/v1/" + names[0]
        if method == "POST" and kind == "/v1/refunds" and len(names) == 1:
            return self.refund(form)
        if method == "POST" and kind == "/v1/invoices" and names[2:] == ["pay"]:
            return self.pay(names[1], form)
        if method == "POST" and kind in PARAMETERS and len(names) == 1 and kind != "/v1/invoices":
            return self.create(kind, form, live)
        if method == "POST" and kind == "/v1/payment_intents" and names[2:] == ["cancel"]:
            return self.cancel(names[1])
        if method == "GET" and kind in KINDS:
            if len(names) == 2:
                return self.expanded(self.found(names[1], KINDS[kind][0]), form)
            return self.listed(kind, form)
        if method == "GET" and names[0] == "customers":
            return self.customer(names[1], live) if len(names) == 2 else {"data": []}
        raise Refusal(404, f"Unrecognized request URL ({method}: {parts.path}).")

    def authorize(self, headers):
        key = headers.get("authorization", "").removeprefix("Bearer ")
        if not re.fullmatch(r"[rs]k_(test|live)_\w+", key) or "_bad_" in key:
            raise Refusal(401, f"Invalid API Key provided: {key[:8]}****")
        if "_weak_" in key:
            raise Refusal(403, "The key does not have the required permissions.")
        return "_live_" in key

    def customer(self, account, live):
        if not account.startswith("cus_") or account.startswith("cus_missing_"):
            raise Refusal(404, f"No such customer: '{account}'", code="resource_missing")
        method = None if account.startswith("cus_none_") else "pm_of_" + account
        return {"id": account, "object": "customer", "livemode": live, "default_source": None,
                "invoice_settings": {"default_payment_method": method}}

    def checked(self, kind, form, takes_metadata=True):
        """The metadata of a form that holds no parameter Stripe does not know."""
        metadata = {k[9:-1]: v for k, v in form.items() if re.fullmatch(r"metadata\[[^][]+\]", k)}
        for name in form:
            if name not in PARAMETERS[kind] and not (takes_metadata and name[9:-1] in metadata):
                raise Refusal(400, f"Received unknown parameter: {name}", code="parameter_unknown")
        return metadata

    def integer(self, amount):
        if not re.fullmatch(r"[1-9][0-9]{0,7}", amount):
            raise Refusal(400, f"Invalid integer: {amount}", code="parameter_invalid_integer")
        return int(amount)

    def create(self, kind, form, live):
        metadata, amount = self.checked(kind, form), self.integer(form.get("amount", ""))
        if form.get("currency") == "usd" and amount < 50:
            raise Refusal(400, "Amount must be at least $0.50 usd", code="amount_too_small")
        self.customer(form.get("customer", ""), live)
        name, prefix = KINDS[kind]
        made = {"id": f"{prefix}_{len(self.objects) + 1}", "object": name, "amount": amount,
                "currency": form.get("currency"), "customer": form["customer"], "livemode": live,
                "created": int(self.now()), "description": form.get("description"),
                "metadata": metadata, "status": "succeeded"}
        self.objects[made["id"]] = made
        self.charge(kind, made, form["customer"])
        return made

    def charge(self, kind, made, account):
        """Lets the account's bank decide; raises the 402 of a decline."""
        intent = kind == "/v1/payment_intents"
        decline = re.fullmatch(r"cus_decline_([a-z_]*[a-z])(?:_\d+)?", account)
        if account.startswith("cus_processing_"):
            made["status"] = "processing" if intent else "pending"
        elif account.startswith("cus_action_") and intent:
            made["status"] = "requires_action"
        elif decline:
            made["status"] = "requires_payment_method" if intent else "failed"
        moved = made["amount"] if made["status"] == "succeeded" else 0
        made |= {"amount_received": moved} if intent else {
            "paid": moved > 0, "captured": True, "amount_refunded": 0}
        if decline:
            error = {"code": "card_declined", "decline_code": decline[1]}
            made |= {"last_payment_error": error} if intent else {"failure_code": "card_declined"}
            about = {"payment_intent": dict(made)} if intent else {"charge": made["id"]}
            raise Refusal(402, "Your card was declined.", "card_error", **error, **about)

    def refund(self, form):
        """Gives money back, never more than is left."""
        metadata, amount = self.checked("/v1/refunds", form), self.integer(form.get("amount", ""))
        names = {n: form[n] for n in ("charge", "payment_intent") if n in form}
        if len(names) != 1:
            raise Refusal(400, "One of charge and payment_intent must be given.")
        (kind, name), = names.items()
        charged = self.found(name, kind)
        if charged["status"] != "succeeded":
            raise Refusal(400, f"{name} was not paid and cannot be refunded.")
        if self.refunded(charged) + amount > charged["amount"]:
            raise Refusal(400, f"More than is left of {name}.", code="charge_already_refunded")
        pending = charged["customer"].startswith("cus_slow_")
        made = {"id": f"re_{len(self.objects) + 1}", "object": "refund", "amount": amount,
                "currency": charged["currency"], "created": int(self.now()), "charge": None,
                "payment_intent": None, "metadata": metadata,
                "status": "pending" if pending else "succeeded", **names}
        self.objects[made["id"]] = made
        if kind == "charge":
            charged["amount_refunded"] = self.refunded(charged)
        return made

    def refunded(self, charged):
        return sum(o["amount"] for o in self.objects.values()
                   if o["object"] == "refund" and o[charged["object"]] == charged["id"])

    def expanded(self, found, form):
        """An object, and an intent's charge with it when that is asked for."""
        if form.get("expand[]") != "latest_charge" or found["object"] != "payment_intent":
            return found
        charge = {"object": "charge", "amount": found["amount"],
                  "amount_refunded": self.refunded(found)}
        return {**found, "latest_charge": charge}

    def invoice(self, given):
        """Takes an invoice that a test wants there to be."""
        amount, now = given.pop("amount", 0), int(self.now())
        invoice = {"object": "invoice", "currency": "usd", "status": "open", "livemode": False,
                   "number": "N-" + given["id"], "amount_due": amount, "amount_paid": 0,
                   "amount_remaining": amount, "due_date": now - 90 * 86400,
                   "created": now - 120 * 86400, **given}
        self.objects[invoice["id"]] = invoice

    def pay(self, name, form):
        """Lets the bank of an invoice's customer decide; an invoice that is not paid stays open."""
        self.checked("/v1/invoices", form, takes_metadata=False)
        invoice = self.found(name, "invoice")
        if invoice["status"] != "open":
            raise Refusal(400, f"Invoice is already {invoice['status']}")
        decline = re.fullmatch(r"cus_decline_([a-z_]*[a-z])(?:_\d+)?", invoice["customer"])
        if decline:
            raise Refusal(402, "Your card was declined.", "card_error", code="card_declined",
                          decline_code=decline[1], payment_intent={"id": "pi_of_" + name})
        if not invoice["customer"].startswith("cus_processing_"):
            invoice |= {"status": "paid", "amount_paid": invoice["amount_remaining"],
                        "amount_remaining": 0}
        return invoice

    def cancel(self, name):
        intent = self.found(name, "payment_intent")
        if intent["status"] in ("succeeded", "canceled", "processing"):
            raise Refusal(400, f"It cannot be canceled, for it is {intent['status']}.",
                          code="payment_intent_unexpected_state", payment_intent=dict(intent))
        intent["status"] = "canceled"
        return intent

    def found(self, name, kind):
        if self.objects.get(name, {}).get("object") != kind:
            raise Refusal(404, f"No such object: '{name}'", code="resource_missing")
        return self.objects[name]

    def listed(self, kind, form):
        since, after = int(form.get("created[gte]", 0)), form.get("starting_after")
        due = int(form.get("due_date[lte]", 1 << 40))
        filters = {n: v for n, v in form.items()
                   if n in ("customer", "charge", "payment_intent", "status")}
        rows = [o for o in reversed(self.objects.values())
                if o["object"] == KINDS[kind][0] and o["created"] >= since
                and o.get("due_date", 0) <= due
                and all(o.get(n) == v for n, v in filters.items())]
        if after:
            rows = rows[[o["id"] for o in rows].index(after) + 1:]
        limit = int(form.get("limit", 10))
        return {"object": "list", "url": kind, "data": rows[:limit], "has_more": len(rows) > limit}


class Handler(BaseHTTPRequestHandler):
    """One connection: reads requests, keeps them, answers them or spoils the answer."""

    protocol_version = "HTTP/1.1"
    stripe = Stripe()

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle(self):
        if self.stripe.take_fault():
            return self.abort()
        return super().handle()

    def log_message(self, *_):
        pass

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length).decode()
        if len(body.encode()) < length:
            return self.abort()
        if self.path.startswith("/_"):
            return self.control(body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        entry = {"method": self.command, "path": self.path, "headers": headers, "body": body,
                 "connection": self.client_address[1]}
        self.stripe.requests.append(entry)
        fault = self.stripe.take_fault(f"{self.command} {self.path}") or {"fault": "none"}
        self.reply(fault, headers, body)

    do_POST = do_GET

    def control(self, body):
        stripe, answer = self.stripe, ""
        lists = {"/_requests": stripe.requests, "/_objects": stripe.objects.values()}
        if self.path in lists:
            answer = "".join(json.dumps(entry) + "\n" for entry in list(lists[self.path]))
        if self.path == "/_faults":
            stripe.faults.extend(json.loads(body))
        if self.path == "/_invoices":
            for invoice in json.loads(body):
                stripe.invoice(invoice)
        if self.path == "/_charge":
            stripe.execute("POST", "/v1/payment_intents", {"authorization": "Bearer rk_test_0"}, body)
        if self.path == "/_clock":
            stripe.offset = json.loads(body)["offset"]
        if self.path == "/_delay":
            order = json.loads(body)
            stripe.delay, stripe.random = order["most"], random.Random(order["seed"])
        if self.path == "/_permit":
            stripe.permitted = json.loads(body)
        if self.path == "/_reset":
            stripe.reset()
        self.connection.sendall(self.message(200, {}, answer.encode()))

    def reply(self, fault, headers, body):
        kind = fault["fault"]
        scripted = kind in ("answer", "redirect")
        status, extra, answer = 200, {}, ""
        self.stripe.wait()
        if fault.get("execute", not scripted):
            status, extra, answer = self.stripe.answer(
                self.command, self.path, headers, body)
        self.stripe.wait()
        if kind == "answer":
            status, extra = fault["status"], fault.get("headers", {})
            answer = fault.get("body", {})
            answer = answer if isinstance(answer, str) else json.dumps(answer)
            if fault.get("save"):
                self.stripe.save(headers, self.path, body, status, answer)
        elif kind == "redirect":
            status, extra = 307, {"Location": fault["location"]}
        extra = {"Request-Id": f"req_{len(self.stripe.requests)}", **extra}
        self.spoil(kind, fault, status, extra, answer.encode())

    def spoil(self, kind, fault, status, extra, text):
        """Sends the answer, or what the fault makes of it."""
        whole = self.message(status, extra, text)
        if kind in ("none", "answer", "redirect"):
            return self.connection.sendall(whole)
        self.close_connection = True
        if kind == "reset":
            return self.abort()
        if kind == "silence":
            return time.sleep(fault.get("seconds", 60))
        if kind == "drip":
            for byte in whole[:-1]:
                self.connection.sendall(bytes([byte]))
                time.sleep(fault.get("seconds", 0.05))
            return self.connection.sendall(whole[-1:])
        large = fault.get("bytes", 10 << 20) if kind.startswith("huge") else 0
        return self.connection.sendall({
            "close": b"",
            "hang_up": whole,
            "cut_body": whole[: -max(1, len(text) // 2)],
            "cut_open": self.message(status, extra, text[: len(text) // 2], sized=False),
            "cut_headers": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nRequest-",
            "garbage": b"\x00\x01\x02 this is no HTTP\r\n\r\n" * 8,
            "huge": self.message(200, {}, b" " * large),
            "huge_headers": self.message(200, dict.fromkeys(range(large >> 3), "x"), b""),
            "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + whole,
        }[kind])

    def message(self, status, extra, body, sized=True):
        fields = {"Date": email.utils.formatdate(self.stripe.now(), usegmt=True),
                  "Content-Type": "application/json", **extra}
        if sized:
            fields["Content-Length"] = len(body)
        lines = [f"{name}: {value}\r\n" for name, value in fields.items()]
        return f"HTTP/1.1 {status} Answer\r\n{''.join(lines)}\r\n".encode() + body

    def abort(self):
        """Closes with a RST in place of a FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


class Server(ThreadingHTTPServer):
    """Closes connections without ado, so that what was asked for, FIN or RST, is what is sent."""

    request_queue_size = 128

    def shutdown_request(self, request):
        self.close_request(request)

    def handle_error(self, request, client_address):
        pass


def be_deaf():
    """Listens with a queue that is full already: a connection is neither made nor refused."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(listener.getsockname())
    print(listener.getsockname()[1], flush=True)
    threading.Event().wait()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    options.add_argument("--deaf", action="store_true")
    options.add_argument("--until-eof", action="store_true")
    chosen = options.parse_args()
    if chosen.until_eof:
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    if chosen.deaf:
        be_deaf()
    server = Server(("127.0.0.1", chosen.port), Handler)
    if chosen.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*chosen.tls)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
