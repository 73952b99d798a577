"""Clients that do a company's work, and the book of what must be there after what was answered."""

import random
import threading
import uuid
from dataclasses import dataclass, field
from typing import Callable

from server import Refused

# A delivery that nothing is there for is refused in these words; every other refusal is a mistake.
EMPTY_SHELVES = "nothing of it is there"


@dataclass
class Call:
    """A write: how it is asked for, and what must be so once it was answered."""

    tool: str
    arguments: dict
    then: Callable[[dict], None]
    may_be_refused: bool = False
    answer: dict | None = None

    @property
    def key(self):
        return self.arguments["idempotency_key"]


@dataclass
class Book:
    """(table, id) → columns with their values; None where the record must be gone."""

    must: dict = field(default_factory=dict)

    def has(self, table, id, **columns):
        self.must.setdefault((table, id), {}).update(columns)

    def gone(self, table, id):
        self.must[table, id] = None


class Client(threading.Thread):
    """Makes, changes, deletes, confirms, delivers and posts until no answer comes any more."""

    def __init__(self, server, facts, book):
        super().__init__()
        self.server, self.facts, self.book = server, facts, book
        self.answered, self.unanswered, self.wrong, self.refused = [], [], None, 0

    def run(self):
        works = [self.sale, self.sale, self.invoice, self.contact]
        try:
            while random.choice(works)():
                pass
        except Exception as error:  # noqa: BLE001 - it is told by the main thread
            self.wrong = repr(error)

    def sale(self):
        """An order: made, changed as often as not, and then deleted or delivered."""
        customer, products = self.pick(random.randint(1, 4))
        lines = [[0, 0, {"product_id": product, "product_uom_qty": n + 1}] for n, product in enumerate(products)]
        record = {"partner_id": customer, "client_order_ref": str(uuid.uuid4()), "order_line": lines}
        made = self.create("sale.order", "sale_order", record, state="draft", note=None, lines=len(lines))
        if made and random.random() < 0.5:
            made = self.change_order(made, len(lines)) and made
        if not made:
            return False
        order = made["ids"][0]
        if random.random() < 0.2:
            return self.delete("sale.order", "sale_order", order)
        confirmed = self.method("sale.order", "action_confirm", order, "sale_order", state="sale")
        if not confirmed or random.random() < 0.3:
            return bool(confirmed)
        for delivery in confirmed["result"]["picking_ids"]:
            if not self.method("stock.picking", "button_validate", delivery, "stock_picking", state="done"):
                return False
        return True

    def change_order(self, made, lines):
        """A note, another quantity, a line more and perhaps one less: all of it or nothing."""
        order = made["ids"][0]
        own = [one["id"] for one in made["changes"] if one["model"] == "sale.order.line"]
        commands = [[1, own[0], {"product_uom_qty": 2}], [0, 0, {"product_id": self.pick(1)[1][0]}]]
        if len(own) > 1:
            commands.append([2, own[1], 0])
        note = str(uuid.uuid4())
        values = {"note": note, "order_line": commands}
        now = lines + 1 - (len(own) > 1)
        return self.update("sale.order", "sale_order", order, values, note=note, lines=now)

    def invoice(self):
        """An invoice: made, changed as often as not, and then deleted or posted."""
        customer, products = self.pick(random.randint(1, 3))
        lines = [{"product_id": product, "quantity": 1} for product in products]
        record = {"move_type": "out_invoice", "partner_id": customer, "line_ids": lines}
        made = self.create("account.move", "account_move", record, state="draft", name="/", lines=len(lines))
        if made and random.random() < 0.5:
            text = str(uuid.uuid4())
            more = {"narration": text, "line_ids": [[0, 0, {"product_id": products[0], "quantity": 3}]]}
            now = len(lines) + 1
            made = self.update("account.move", "account_move", made["ids"][0], more, narration=text, lines=now) and made
        if not made:
            return False
        entry = made["ids"][0]
        if random.random() < 0.2:
            return self.delete("account.move", "account_move", entry)
        wish = {"model": "account.move", "method": "action_post", "ids": [entry]}

        def posted(answer):
            self.book.has("account_move", entry, state="posted", name=answer["result"]["entries"][0]["name"])

        return self.one(Call("call_method", self.keyed(wish), posted))

    def contact(self):
        """A contact: made, moved and deleted."""
        name = str(uuid.uuid4())
        made = self.create("res.partner", "res_partner", {"name": name}, name=name, city=None)
        moved = made and self.update("res.partner", "res_partner", made["ids"][0], {"city": "Kiel"}, city="Kiel")
        if not moved or random.random() < 0.5:
            return bool(moved)
        return self.delete("res.partner", "res_partner", made["ids"][0])

    def silently(self):
        """A contact that is asked for, and whose answer nobody reads: whether it was made is not known."""
        name = str(uuid.uuid4())
        wish = self.keyed({"model": "res.partner", "records": [{"name": name}]})
        call = Call("create_records", wish, lambda a: self.book.has("res_partner", a["ids"][0], name=name))
        self.unanswered.append(call)
        return self.server.send(call.tool, call.arguments)

    def pick(self, products):
        return random.choice(self.facts[0]), random.sample(self.facts[1], products)

    def create(self, model, table, record, **must):
        wish = {"model": model, "records": [record]}
        return self.one(Call("create_records", self.keyed(wish), lambda a: self.book.has(table, a["ids"][0], **must)))

    def update(self, model, table, id, values, **must):
        wish = {"model": model, "ids": [id], "values": values}
        return self.one(Call("update_records", self.keyed(wish), lambda _: self.book.has(table, id, **must)))

    def delete(self, model, table, id):
        wish = {"model": model, "ids": [id]}
        return self.one(Call("delete_records", self.keyed(wish), lambda _: self.book.gone(table, id)))

    def method(self, model, method, id, table, **must):
        wish = {"model": model, "method": method, "ids": [id]}
        may_be_refused = method == "button_validate"
        return self.one(
            Call("call_method", self.keyed(wish), lambda _: self.book.has(table, id, **must), may_be_refused)
        )

    def keyed(self, wish):
        return {**wish, "idempotency_key": str(uuid.uuid4())}

    def one(self, call):
        """The answer; None where none came. What may be refused counts as answered then, and does nothing."""
        try:
            answer = do(self.server, call)
        except Refused as refusal:
            if not is_expected(call, refusal):
                raise
            self.refused += 1
            return {"ids": [], "changes": []}
        if answer is None:
            self.unanswered.append(call)
        else:
            self.answered.append(call)
        return answer


def do(server, call):
    call.answer = server.call(call.tool, call.arguments)
    if call.answer is not None:
        call.then(call.answer)
    return call.answer


def is_expected(call, refusal):
    return call.may_be_refused and EMPTY_SHELVES in str(refusal)
