"""What a change costs: one record a call, each a durable commit, beside the rows it leaves written by hand."""

import json
import subprocess

from machine import HERE, SERVER_CORE
from wire import Caller, middle, say

EVERYTHING = "read,create,write,delete,export,report"
CALLS, ROUNDS = 60, 5


def open_writing(desk):
    desk.policy("sale.order", "--method", "action_confirm", allow=f"{EVERYTHING},method_call")
    for model in ("sale.order.line", "res.partner"):
        desk.policy(model, allow=EVERYTHING)
    desk.policy("product.product")


def by_hand(programs, database, seconds=1.0):
    """The rows that a new contact leaves, inserted through sqlx alone in one durable transaction: median µs."""
    file = str(HERE / "create.sql")
    command = ["taskset", "-c", SERVER_CORE, programs["sql"], str(database), file, str(seconds), "write"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["p50_us"]


class Changes:
    """The changes that are measured, each as a call that can be made again and again."""

    def __init__(self, port, desk):
        self.caller = Caller(port, desk.key("admin", "write"))
        self.n = 0
        made, _ = self.caller.call("create_records", model="res.partner", records=[{"name": "Bench"}])
        self.contact = made["ids"]
        customers, _ = self.caller.call("search_records", model="res.partner", domain=[["customer_rank", ">", 0]], limit=1)
        goods = [["type", "=", "consu"], ["sale_ok", "=", True], ["active", "=", True]]
        products, _ = self.caller.call("search_records", model="product.product", domain=goods, limit=3)
        lines = [[0, 0, {"product_id": one["id"], "product_uom_qty": 2}] for one in products["records"]]
        self.order = {"partner_id": customers["records"][0]["id"], "order_line": lines}

    def create(self):
        return self.caller.call("create_records", model="res.partner", records=[{"name": "Bench"}])

    def update(self, dry_run=False):
        self.n += 1
        values = {"comment": f"Called {self.n} times"}
        return self.caller.call("update_records", model="res.partner", ids=self.contact, values=values, dry_run=dry_run)

    def dry_run(self):
        return self.update(dry_run=True)

    def new_order(self):
        self.made = self.caller.call("create_records", model="sale.order", records=[self.order])
        return self.made

    def confirm(self):
        (made, _) = self.made
        return self.caller.call("call_method", model="sale.order", method="action_confirm", ids=made["ids"])


def timed(*acts):
    """Median seconds of each kind of act, done in turn."""
    took = {act.__name__: [] for act in acts}
    for _ in range(CALLS):
        for act in acts:
            _, seconds = act()
            took[act.__name__].append(seconds)
    return {name: middle(times) for name, times in took.items()}


def figures(programs, server, port, desk, database):
    open_writing(desk)
    desk.heeded()
    changes = Changes(port, desk)
    rounds, before, calls = [], server.cpu(), 0
    for _ in range(ROUNDS):
        rounds.append({"hand": by_hand(programs, database) / 1e6, **timed(changes.create, changes.update, changes.dry_run)})
        calls += 3 * CALLS
    cpu = (server.cpu() - before) / calls * 1e3
    share = middle([one["create"] / one["hand"] for one in rounds])
    took = {name: middle([one[name] for one in rounds]) * 1e3 for name in rounds[0]}
    say("create_records, one contact", f"{took['create']:.2f} ms", f"{1e3 / took['create']:,.0f} /s one after the other, each a durable commit")
    say("  as a multiple of its rows through sqlx alone", f"{share:.2f}", f"sqlx {took['hand']:.2f} ms, durable too")
    say("update_records, one contact", f"{took['update']:.2f} ms", f"CPU {cpu:.2f} ms a call, of these three")
    say("  the same as dry run", f"{took['dry_run']:.2f} ms", "done, shown, thrown away: no commit")
    before = server.cpu()
    orders = timed(changes.new_order, changes.confirm)
    cpu = (server.cpu() - before) / CALLS * 1e3
    say("create_records, an order with three lines", f"{orders['new_order'] * 1e3:.2f} ms")
    say("call_method, confirming it with its delivery", f"{orders['confirm'] * 1e3:.2f} ms", f"CPU {cpu:.1f} ms for both")
