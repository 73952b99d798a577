"""What the bench asks, and how the answers are measured and said."""

import http.client
import json
import resource
import statistics
import subprocess
import sys
import time
import urllib.request

from machine import LOAD_CORE, WORK

CONNECTIONS = 64
ROUNDS, SECONDS = 5, 3.0
PROTOCOL = "2026-07-28"
LEGACY = "2025-11-25"

rows = []


def say(what, figure, note=""):
    rows.append((what, figure, note))
    print(f"  {what:<58} {figure:>14}  {note}", flush=True)


def request(port, key, tool, arguments, era=PROTOCOL):
    """The headers and body of one call."""
    params = {"name": tool, "arguments": arguments}
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": era,
    }
    if era == PROTOCOL:
        headers |= {"Mcp-Method": "tools/call", "Mcp-Name": tool}
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": era,
            "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
    headers["Content-Length"] = str(len(body))
    return headers, body


def raw(headers, body):
    """The bytes of one call, as load sends them."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /mcp HTTP/1.1\r\n{head}\r\n".encode() + body


def content(answered):
    """What a call answered; a refusal ends the bench, as its speed would mean nothing."""
    result = json.loads(answered)["result"]
    if result.get("isError"):
        sys.exit(f"refused: {answered[:500]}")
    return result["structuredContent"]


def answer(port, headers, body):
    """One answer's bytes, and what they say."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/mcp", body, headers)
    with urllib.request.urlopen(asked, timeout=60) as response:
        answered = response.read()
    return answered, content(answered)


class Caller:
    """One who calls tools on one connection, one call after the other. Python asks: some tenths of a millisecond of
    each call are its own."""

    def __init__(self, port, key):
        self.port, self.key = port, key
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def call(self, tool, **arguments):
        """What it answers, and the seconds it took."""
        headers, body = request(self.port, self.key, tool, arguments)
        started = time.perf_counter()
        self.http.request("POST", "/mcp", body, headers)
        answered = self.http.getresponse().read()
        took = time.perf_counter() - started
        return content(answered), took


def load(programs, port, request_bytes, seconds=SECONDS, connections=CONNECTIONS):
    file = WORK / f"request-{port}"
    file.write_bytes(request_bytes)
    command = [
        "taskset", "-c", LOAD_CORE, programs["load"], "--to", f"127.0.0.1:{port}", "--request", str(file),
        "--connections", str(connections), "--seconds", str(seconds),
    ]  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures["load_us"] = spent / figures["requests"] * 1e6
    return figures


def measured(programs, server, port, request_bytes, **how):
    before = server.cpu()
    figures = load(programs, port, request_bytes, **how)
    figures["cpu_us"] = (server.cpu() - before) / figures["requests"] * 1e6
    return figures


def one_by_one(programs, server, port, key, tool, arguments):
    """A call's time on one connection, where no queue is in it."""
    headers, body = request(port, key, tool, arguments)
    _, said = answer(port, headers, body)
    return measured(programs, server, port, raw(headers, body), connections=1), said


def middle(values):
    return statistics.median(values)
