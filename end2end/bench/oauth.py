"""A client that connects by OAuth, as the bench needs one: codes by the dozen, exchanges and refreshes in a row."""

import base64
import hashlib
import http.client
import json
import os
import re
import secrets
import statistics
import subprocess
import time
from urllib.parse import parse_qs, urlencode, urlsplit

BACK = "https://claude.ai/api/mcp/auth_callback"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Client:
    """A confidential client, a user with a key, and that user's browser, on one connection."""

    def __init__(self, binary, database, port):
        self.port, self.env = port, {**os.environ, "AXANTA_DATABASE_URL": f"sqlite://{database}"}
        self.binary = binary
        self.login, password = f"bench-{secrets.token_hex(4)}", secrets.token_urlsafe(16)
        self.command("user", "add", self.login, "--name", "Bench", "--group", "MCP User", "--password-stdin", text=password)
        self.command("key", "generate", self.login, "--name", "bench", "--scope", "read", "--rate-limit", "1000000")
        made = self.command("oauth-client", "add", "Bench", "--redirect-uri", BACK, "--allow", "read")
        self.client = json.loads(made)
        time.sleep(1.2)  # until the running server heeds it
        self.http = http.client.HTTPConnection("127.0.0.1", port)
        self.origin = f"http://127.0.0.1:{port}"
        self.cookie = ""
        self.page("POST", "/login", {"login": self.login, "password": password})
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def command(self, *words, text=None):
        done = subprocess.run([self.binary, *words], env=self.env, input=text, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    def page(self, method, path, fields=None):
        headers = {"Cookie": self.cookie, "Origin": self.origin, "Accept": "text/html"}
        body = urlencode(fields) if fields else None
        self.http.request(method, path, body, headers | (FORM if fields else {}))
        answer = self.http.getresponse()
        html = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("axanta="):
                self.cookie = value.split(";")[0]
        return answer.status, answer.getheader("Location", ""), html

    def code(self):
        """A code, by way of the consent page."""
        query = urlencode({
            "response_type": "code", "client_id": self.client["client_id"], "redirect_uri": BACK,
            "code_challenge": self.challenge, "code_challenge_method": "S256", "state": "s",
            "scope": "mcp:read offline_access",
        })  # fmt: skip
        status, _, html = self.page("GET", f"/oauth/authorize?{query}")
        assert status == 200, (status, html[:300])
        value = lambda name: re.search(f'name="{name}" value="([^"]+)"', html)[1]
        fields = {"request": value("request"), "key": value("key"), "decision": "approve"}
        status, location, html = self.page("POST", "/oauth/authorize", fields)
        assert status == 303, (status, html[:300])
        return parse_qs(urlsplit(location).query)["code"][0]

    def token(self, **fields):
        body = urlencode({**fields, **self.client})
        self.http.request("POST", "/oauth/token", body, FORM)
        answer = self.http.getresponse()
        said = json.loads(answer.read())
        assert answer.status == 200, said
        return said

    def exchange(self, code):
        return self.token(grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier=self.verifier)

    def refresh(self, token):
        return self.token(grant_type="refresh_token", refresh_token=token)


def timed(acts):
    """How long each takes, one after the other: a second's number of them, and the middle one in milliseconds."""
    took = []
    for act in acts:
        started = time.perf_counter()
        act()
        took.append(time.perf_counter() - started)
    return len(took) / sum(took), statistics.median(took) * 1000


def figures(client, count=200):
    """Exchanges and refreshes a second on one connection, each a durable commit; and an access token."""
    codes = [client.code() for _ in range(count)]
    tokens = []
    exchanges = timed([lambda code=code: tokens.append(client.exchange(code)) for code in codes])
    refreshed = []
    refreshes = timed([lambda said=said: refreshed.append(client.refresh(said["refresh_token"])) for said in tokens])
    return exchanges, refreshes, refreshed[-1]["access_token"]
