"""A headless Chromium for a test: WebDriver commands as lines in, their answers as lines out.

    python3 browser.py FOLDER

Each line is a JSON array of a path within the session and what is posted to it; each answer is a
JSON object with a value or an error. The browser keeps what it writes in FOLDER, takes nothing from
any network, and ends with the standard input of this script, or after ten minutes.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--proxy-server=127.0.0.1:9", "--host-resolver-rules=MAP * ~NOTFOUND",
]
CAPABILITIES = {
    "goog:chromeOptions": {"args": ARGUMENTS},
    "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
}


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data), timeout=60) as answer:
            return {"value": json.load(answer)["value"]}
    except urllib.error.HTTPError as error:
        return {"error": json.load(error)["value"]["message"]}
    except (OSError, ValueError) as error:
        return {"error": str(error)}


def drive(driver):
    port = next(
        line.split()[-1].rstrip(".") for line in driver.stdout if "successfully on port" in line)
    base = "http://127.0.0.1:" + port
    try:
        answer = ask(base + "/session", {"capabilities": {"alwaysMatch": CAPABILITIES}})
        session = base + "/session/" + answer["value"]["sessionId"] if "value" in answer else None
        print(json.dumps(answer), flush=True)
        for line in sys.stdin if session else []:
            path, body = json.loads(line)
            print(json.dumps(ask(session + path, body)), flush=True)
    finally:
        ask(base + "/shutdown")


def stop(*_):
    sys.exit("the browser had its time")


if shutil.which("chromedriver") is None:
    sys.exit("there is no chromedriver: run Tests/run")
signal.signal(signal.SIGALRM, stop)
signal.alarm(600)
with subprocess.Popen(
    ["chromedriver", "--port=0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL, text=True,
    env=dict(os.environ, HOME=sys.argv[1], TMPDIR=sys.argv[1]),
) as chromedriver:
    try:
        drive(chromedriver)
    finally:
        try:
            chromedriver.wait(10)
        except subprocess.TimeoutExpired:
            chromedriver.kill()
