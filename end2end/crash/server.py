"""The server under test: started, called and killed."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

BIN = os.environ["AXANTA_BIN"]
KEY = os.environ["AXANTA_WRITE_KEY"]
PROTOCOL = "2026-07-28"


class Refused(Exception):
    """What the tool answered instead of doing it."""


class Wrong(Exception):
    """An answer that no call here may have."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wire(tool, arguments):
    """Body and headers of a tool's call."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": PROTOCOL,
        "io.modelcontextprotocol/clientInfo": {"name": "crash", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    headers = {
        "Authorization": f"Bearer {KEY}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": PROTOCOL,
        "Mcp-Method": "tools/call",
        "Mcp-Name": tool,
    }
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode(), headers


class Server:
    def __init__(self):
        self.url = f"http://127.0.0.1:{free_port()}"
        log = open(os.environ.get("AXANTA_CRASH_LOG", os.devnull), "ab")
        self.process = subprocess.Popen(
            [BIN, "serve", "--listen", self.url.removeprefix("http://")], stdout=log, stderr=log
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=5).read()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("the server does not start after a crash")
                time.sleep(0.02)

    def send(self, tool, arguments):
        """Asks, and does not read what is answered; the connection stays open as long as what is returned is kept."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        body, headers = wire(tool, arguments)
        connection.request("POST", "/mcp", body, headers)
        return connection

    def call(self, tool, arguments):
        """The structured content; None where no answer came."""
        body, headers = wire(tool, arguments)
        request = urllib.request.Request(f"{self.url}/mcp", body, headers)
        try:
            answer = json.load(urllib.request.urlopen(request, timeout=30))
        except urllib.error.HTTPError as error:
            raise Wrong(f"{tool} was answered with {error.code}: {error.read()[:500]}") from None
        except (OSError, ValueError):
            return None
        result = answer["result"]
        if result.get("isError"):
            raise Refused(result["content"][0]["text"])
        return result["structuredContent"]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait()
