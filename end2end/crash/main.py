"""Servers that are killed while they write: what was answered is there, what was not is there whole or not at all.

`main.py ROUNDS` on the database of AXANTA_DATABASE_URL, SQLite or PostgreSQL (then with psql at AXANTA_PSQL), with
AXANTA_BIN. Each round starts the server, lets several clients make, change, delete, confirm, deliver and post, asks
for some more whose answers it does not read, kills it with SIGKILL at a random moment, starts it again, repeats every
call that was not answered under its idempotency key, and looks at records, stock, books, journal and log from outside.
"""

import random
import sys
import time
from collections import Counter

from clients import Book, Client, do, is_expected
from server import Refused, Server
from truth import Truth

ROUNDS = int(sys.argv[1])
CLIENTS = 6

passed = failed = 0


def check(what, wrong):
    """Counts one check: `wrong` is what was found to be so, and empty where all is well."""
    global passed, failed
    if wrong:
        failed += 1
        print(f"FAILED  {what}: {wrong[:10]}")
    else:
        passed += 1


def facts(server):
    def ids(model, domain):
        found = server.call("search_records", {"model": model, "domain": [*domain, ["active", "=", True]], "limit": 50})
        return [record["id"] for record in found["records"]]

    return (
        ids("res.partner", [["customer_rank", ">", 0]]),
        ids("product.product", [["type", "=", "consu"], ["sale_ok", "=", True]]),
    )


def repeat(server, truth, call):
    """Whether a call that was not answered had been done; it is answered now, as if it had been all along."""
    was_done = bool(truth.rows(f"SELECT 1 AS done FROM mcp_idempotency WHERE idempotency_key = '{call.key}'"))
    try:
        do(server, call)
    except Refused as refusal:
        check("a repeated call is done", [] if is_expected(call, refusal) and not was_done else [str(refusal)])
        return was_done
    check("a repeated call is answered", [] if call.answer and call.answer["status"] == "done" else [call.answer])
    return was_done


def main():
    server = Server()
    known, truth, book = facts(server), Truth(), Book()
    done, repeated, done_before, refused = [], 0, 0, 0
    for _ in range(ROUNDS):
        clients = [Client(server, known, book) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(random.uniform(0.05, 0.8))
        open_ones = [client.silently() for client in clients]
        time.sleep(random.uniform(0, 0.2))
        server.kill()
        for one in open_ones:
            one.close()
        for client in clients:
            client.join()
        check("every call was taken", [client.wrong for client in clients if client.wrong])
        done += [call for client in clients for call in client.answered]
        refused += sum(client.refused for client in clients)
        server = Server()
        for call in (one for client in clients for one in client.unanswered):
            done_before += repeat(server, truth, call)
            repeated += 1
            done += [call] if call.answer else []
        for what, wrong in truth.wrong(book, done):
            check(what, wrong)
    server.stop()
    sorts = Counter(call.arguments.get("method") or call.tool for call in done)
    print(f"{ROUNDS} kills; {len(done)} writes, {repeated} repeated, of which {done_before} had been done; {refused} refused")
    print(", ".join(f"{n} {sort}" for sort, n in sorts.most_common()))
    kinds = ["create_records", "update_records", "delete_records", "action_confirm", "button_validate", "action_post"]
    check("every sort of write was made", [kind for kind in kinds if not sorts[kind]])
    check("some that nobody heard of were done, and some were not", [0] * (not 0 < done_before < repeated))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
