"""Servers that are killed while they write: what was answered is there, what was not is there whole or not at all.

`crash.py ROUNDS` on the database of AXANTA_DATABASE_URL, SQLite or PostgreSQL (then with psql at AXANTA_PSQL), with
AXANTA_BIN. Each round starts the server, lets several clients make, change and confirm orders, kills it with SIGKILL at
a random moment, starts it again, repeats every call that was not answered under its idempotency key, and looks at
records, journal and log from outside.
"""

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

BIN = os.environ["AXANTA_BIN"]
DATABASE = os.environ["AXANTA_DATABASE_URL"]
KEY = os.environ["AXANTA_WRITE_KEY"]
ROUNDS = int(sys.argv[1])
CLIENTS = 6
PROTOCOL = "2026-07-28"

passed = failed = 0


def check(what, wrong):
    """Counts one check: `wrong` is what was found to be so, and empty where all is well."""
    global passed, failed
    if wrong:
        failed += 1
        print(f"FAILED  {what}: {wrong}")
    else:
        passed += 1


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


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

    def call(self, tool, arguments):
        """The structured content; None where no answer came. A refusal ends the run: every call here is right."""
        meta = {
            "io.modelcontextprotocol/protocolVersion": PROTOCOL,
            "io.modelcontextprotocol/clientInfo": {"name": "crash", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        params = {"name": tool, "arguments": arguments, "_meta": meta}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        request = urllib.request.Request(
            f"{self.url}/mcp",
            json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {KEY}",
                "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream",
                "MCP-Protocol-Version": PROTOCOL,
                "Mcp-Method": "tools/call",
                "Mcp-Name": tool,
            },
        )
        try:
            answer = json.load(urllib.request.urlopen(request, timeout=30))
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{tool} was answered with {error.code}: {error.read()[:500]}") from None
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


class Refused(Exception):
    pass


def order(ref, customer, products):
    lines = [[0, 0, {"product_id": product, "product_uom_qty": n + 1}] for n, product in enumerate(products)]
    return {"partner_id": customer, "client_order_ref": ref, "order_line": lines}


class Client(threading.Thread):
    """Makes orders and confirms them until no answer comes any more."""

    def __init__(self, server, facts):
        super().__init__()
        self.server, self.facts = server, facts
        self.answered, self.unanswered, self.wrong = [], [], None

    def run(self):
        try:
            while self.one("create_records", self.new_order()) and self.confirm():
                pass
        except Exception as error:  # noqa: BLE001 - it is told by the main thread
            self.wrong = repr(error)

    def new_order(self):
        customers, products = self.facts
        ref = str(uuid.uuid4())
        record = order(ref, random.choice(customers), random.sample(products, 3))
        return {"model": "sale.order", "records": [record], "idempotency_key": ref}

    def confirm(self):
        _, _, answer = self.answered[-1]
        arguments = {"model": "sale.order", "method": "action_confirm", "ids": answer["ids"]}
        return self.one("call_method", {**arguments, "idempotency_key": str(uuid.uuid4())})

    def one(self, tool, arguments):
        answer = self.server.call(tool, arguments)
        if answer is None:
            self.unanswered.append((tool, arguments))
        else:
            self.answered.append((tool, arguments, answer))
        return answer is not None


class Sqlite:
    def __init__(self, file):
        self.file = file

    def rows(self, sql):
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as db:
            return db.execute(sql).fetchall()

    def look(self):
        check("the database is sound", [r for r in self.rows("PRAGMA quick_check") if r[0] != "ok"])


class Postgres:
    """Asked by psql, so that nothing has to be installed for it."""

    def __init__(self, url):
        self.command = [os.environ["AXANTA_PSQL"], "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c"]

    def rows(self, sql):
        whole = f"SELECT COALESCE(json_agg(one), '[]') FROM ({sql}) AS one"
        said = subprocess.run([*self.command, whole], check=True, stdout=subprocess.PIPE).stdout
        return [tuple(row.values()) for row in json.loads(said)]

    def look(self):
        # A transaction that outlives the server that began it holds its locks against the next one.
        left = "state LIKE 'idle in transaction%' AND state_change < now() - interval '5 seconds'"
        open_ones = f"SELECT pid, state_change, query FROM pg_stat_activity WHERE datname = current_database() AND {left}"
        check("no transaction is left open", self.rows(open_ones))


database = Postgres(DATABASE) if DATABASE.startswith("postgres") else Sqlite(DATABASE.removeprefix("sqlite://"))
rows = database.rows


def look(answered):
    """What is wrong in the database, seen from outside."""
    made = [a for tool, _, a in answered if tool == "create_records"]
    confirmed = [a for tool, _, a in answered if tool == "call_method"]
    states = dict(rows("SELECT id, state FROM sale_order"))
    changes = {row[0] for row in rows("SELECT id FROM mcp_changes")}
    kept = rows("SELECT idempotency_key, answer FROM mcp_idempotency")
    check("no answered order is lost", [a["ids"] for a in made if a["ids"][0] not in states])
    check("no answered confirmation is lost", [a["ids"] for a in confirmed if states.get(a["ids"][0]) != "sale"])
    check("every answered change is in the journal", [a["change_id"] for _, _, a in answered if a["change_id"] not in changes])
    check(
        "every change has its entry of the log",
        rows(
            "SELECT c.id FROM mcp_changes c LEFT JOIN mcp_log l ON l.id = c.log_id AND l.outcome = 'allowed' "
            "WHERE l.id IS NULL"
        ),
    )
    check(
        "every answer that is kept is of a change that is there",
        [key for key, answer in kept if json.loads(answer).get("change_id") not in changes],
    )
    check(
        "no order is half written",
        rows(
            "SELECT o.id, o.amount_total, COALESCE(SUM(l.price_total), 0) AS lines, COUNT(l.id) AS n FROM sale_order o "
            "JOIN sale_order_line l ON l.order_id = o.id WHERE o.client_order_ref LIKE '%-%-%-%-%' "
            "GROUP BY o.id HAVING o.amount_total <> SUM(l.price_total) OR COUNT(l.id) <> 3"
        ),
    )
    check(
        "an order has its delivery exactly if it is confirmed",
        rows(
            "SELECT o.id, o.state, COUNT(p.id) AS n FROM sale_order o LEFT JOIN stock_picking p ON p.sale_id = o.id "
            "WHERE o.client_order_ref LIKE '%-%-%-%-%' GROUP BY o.id HAVING (o.state = 'sale') <> (COUNT(p.id) > 0)"
        ),
    )
    check(
        "no order is there twice",
        rows(
            "SELECT client_order_ref FROM sale_order WHERE client_order_ref LIKE '%-%-%-%-%' "
            "GROUP BY client_order_ref HAVING COUNT(*) > 1"
        ),
    )
    check(
        "the sums of the movements are those of the movements",
        rows(
            "SELECT product_id, SUM(n) AS n, SUM(q) AS q FROM (SELECT product_id, 1 AS n, quantity AS q "
            "FROM stock_movement UNION ALL SELECT product_id, -movements, -quantity FROM stock_movement_rollup) AS both_ways "
            "GROUP BY product_id HAVING SUM(n) <> 0 OR SUM(q) <> 0"
        ),
    )
    check(
        "what is reserved is what open deliveries take",
        rows("SELECT id FROM stock_quant WHERE reserved_quantity < 0 OR reserved_quantity > quantity"),
    )
    check(
        "the log has no gap",
        rows("SELECT writer, COUNT(*) AS n, MAX(seq) AS last FROM mcp_log GROUP BY writer HAVING COUNT(*) <> MAX(seq)"),
    )
    database.look()


def main():
    server = Server()
    customers = server.call("search_records", {"model": "res.partner", "domain": [["customer_rank", ">", 0], ["active", "=", True]], "limit": 50})
    goods = [["type", "=", "consu"], ["sale_ok", "=", True], ["active", "=", True]]
    products = server.call("search_records", {"model": "product.product", "domain": goods, "limit": 50})
    facts = [r["id"] for r in customers["records"]], [r["id"] for r in products["records"]]
    total, repeated, done_before = 0, 0, 0
    for _ in range(ROUNDS):
        clients = [Client(server, facts) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(random.uniform(0.05, 0.8))
        server.kill()
        for client in clients:
            client.join()
        check("every call was taken", [client.wrong for client in clients if client.wrong])
        answered = [one for client in clients for one in client.answered]
        total += len(answered)
        server = Server()
        for tool, arguments in (one for client in clients for one in client.unanswered):
            key = arguments["idempotency_key"]
            was_done = bool(rows(f"SELECT 1 AS done FROM mcp_idempotency WHERE idempotency_key = '{key}'"))
            answer = server.call(tool, arguments)
            check("a repeated call is answered", [] if answer and answer["status"] == "done" else [answer])
            answered.append((tool, arguments, answer))
            repeated, done_before = repeated + 1, done_before + was_done
        look(answered)
    server.stop()
    print(f"{ROUNDS} kills; {total} writes answered, {repeated} repeated, of which {done_before} had been done")
    check("something was written, and something was cut off", [] if total and repeated else [(total, repeated)])
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
