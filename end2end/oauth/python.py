"""The OAuth provider of the Python client, from the first 401 to a refused refresh.

The checks mirror typescript.mjs; a second language is the point, so they are written out again.
"""

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
import traceback
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata

URL = os.environ["AXANTA_URL"]
BROWSER = Path(__file__).with_name("browser.mjs")
REDIRECT = "http://127.0.0.1:3030/callback"  # nobody listens there: the browser stops before it
SALES = "report.sales.analysis"
ALL = {"mcp:read", "mcp:write", "offline_access"}
READING = {"mcp:read", "offline_access"}

logging.getLogger("mcp").setLevel(logging.CRITICAL)  # the checks say what failed
passed = failed = 0


@asynccontextmanager
async def check(what):
    """Counts one check and goes on after a failure, so that one does not hide the others."""
    global passed, failed
    try:
        yield
        passed += 1
        print(f"ok      {what}")
    except Exception:
        failed += 1
        print(f"FAILED  {what}\n{traceback.format_exc()}")


def axanta(*args):
    return subprocess.run([os.environ["AXANTA_BIN"], *args], check=True, capture_output=True, text=True).stdout.strip()


class Person:
    """Who is asked by the browser, what the program keeps, and how often somebody was asked."""

    def __init__(self, key, client=None):
        self.key, self.client, self.tokens, self.asked = key, client, None, []
        self.back = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client

    async def ask(self, url):
        self.asked.append({name: values[0] for name, values in parse_qs(urlsplit(url).query).items()})
        browser = await asyncio.create_subprocess_exec(
            "node", str(BROWSER), url, env={**os.environ, "AXANTA_KEY": self.key}, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await browser.communicate()
        assert browser.returncode == 0, out
        self.back = out.decode().strip()

    async def answer(self):
        assert self.back.startswith(f"{REDIRECT}?"), self.back
        back = {name: values[0] for name, values in parse_qs(urlsplit(self.back).query).items()}
        return AuthorizationCodeResult(code=back.get("code", ""), state=back.get("state"), iss=back.get("iss"))

    @property
    def granted(self):
        return set(self.tokens.scope.split())


@asynccontextmanager
async def connect(person, mode, method=None):
    about = OAuthClientMetadata(client_name="Python", redirect_uris=[REDIRECT], token_endpoint_auth_method=method)
    auth = OAuthClientProvider(URL, about, person, redirect_handler=person.ask, callback_handler=person.answer)
    async with httpx2.AsyncClient(auth=auth, timeout=30) as http:
        async with Client(streamable_http_client(URL, http_client=http), mode=mode) as client:
            yield client, auth.context


async def structured(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def walk(how, mode, client, scope, granted, method=None):
    """The way of one client: `granted` is what is left of what it asks for."""
    key = f"python {how}"
    axanta("key", "generate", "demo", "--name", key, "--scope", scope, "--rate-limit", "100000")
    person = Person(key, client)

    async with check(f"{how}: signs in from the 401, lists the tools and calls one"):
        async with connect(person, mode, method) as (session, context):
            assert "count_records" in {tool.name for tool in (await session.list_tools()).tools}
            assert (await structured(session, "count_records", model=SALES))["total"] > 0
            (asked,) = person.asked
            assert asked["resource"] == URL and asked["code_challenge_method"] == "S256", asked
            assert set(asked["scope"].split()) == ALL, asked

            # Only in the process that signed in: one started later asks the user again, whatever it has kept.
            async with check(f"{how}: an expired token is refreshed, and nobody is asked"):
                before, context.token_expiry_time = person.tokens, time.time() - 1
                assert (await structured(session, "count_records", model=SALES))["total"] > 0
                assert person.tokens.access_token != before.access_token
                assert person.tokens.refresh_token != before.refresh_token
                assert person.granted == granted and len(person.asked) == 1

    async with check(f"{how}: is granted {' '.join(sorted(granted))}, and a write is judged by it"):
        assert person.granted == granted, person.tokens.scope
        async with connect(person, mode, method) as (session, _):
            steps = (await structured(session, "explain_access", model=SALES, operation="write"))["steps"]
        (verdict,) = [step["verdict"] for step in steps if step["gate"] == "scope"]
        assert verdict == ("passed" if "mcp:write" in granted else "failed"), steps
        assert len(person.asked) == 1

    async with check(f"{how}: with its key revoked nothing is left, and the user is asked again"):
        keys = json.loads(axanta("key", "list", "demo", "--json"))
        axanta("key", "revoke", next(row["id"] for row in keys if row["name"] == key))
        person.key = ""  # whichever is offered first
        await asyncio.sleep(1)
        async with connect(person, mode, method) as (session, _):
            await session.list_tools()
        assert len(person.asked) == 2


def made(name, method, allow="read,write"):
    """A client as an administrator makes one, told to the provider as its documentation says."""
    given = json.loads(axanta("oauth-client", "add", name, "--redirect-uri", REDIRECT, "--allow", allow))
    return OAuthClientInformationFull(**given, redirect_uris=[REDIRECT], token_endpoint_auth_method=method)


async def main():
    post = made("Python by post", "client_secret_post")
    await walk("auto: a client with a secret in the form", "auto", post, "write", ALL, "client_secret_post")
    basic = made("Python by header", "client_secret_basic")
    await walk("legacy: a client with a secret in the header", "legacy", basic, "write", ALL, "client_secret_basic")
    narrow = made("Python that reads", "client_secret_post", "read")
    await walk("auto: a client that may only read", "auto", narrow, "write", READING, "client_secret_post")
    await walk("legacy: a client that registers itself", "legacy", None, "write", READING)
    await walk("auto: a public client that registers itself", "auto", None, "write", READING, "none")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


asyncio.run(main())
