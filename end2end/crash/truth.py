"""What is in the database, seen from outside, and what must never be so there."""

import json
import os
import re
import sqlite3
import subprocess
import time
from collections import Counter, defaultdict
from pathlib import Path

AGREEMENT = Path(__file__).parents[2] / "src/erp/embedded/demo/tests/agreement.rs"

OPERATIONS = {
    "create_records": "create",
    "update_records": "write",
    "delete_records": "delete",
    "call_method": "method_call",
}

# How a record is seen, by table: the columns that the book speaks of.
SEEN = {
    "sale_order": "o.state, o.note, (SELECT COUNT(*) FROM sale_order_line l WHERE l.order_id = o.id) AS lines",
    "account_move": "o.state, o.name, o.narration, (SELECT COUNT(*) FROM account_move_line l "
    "WHERE l.move_id = o.id AND l.display_type = 'product') AS lines",
    "stock_picking": "o.state",
    "res_partner": "o.name, o.city",
}

# Rows that break a rule, beside those of agreement.rs.
RULES = {
    "every change has its entry of the log": "SELECT c.id FROM mcp_changes c "
    "LEFT JOIN mcp_log l ON l.id = c.log_id AND l.outcome = 'allowed' WHERE l.id IS NULL",
    "an order is worth what its lines are": "SELECT o.id FROM sale_order o LEFT JOIN sale_order_line l "
    "ON l.order_id = o.id GROUP BY o.id HAVING o.amount_total <> COALESCE(SUM(l.price_total), 0) OR COUNT(l.id) = 0",
    "an entry has its items": "SELECT m.id FROM account_move m LEFT JOIN account_move_line l ON l.move_id = m.id "
    "GROUP BY m.id HAVING COUNT(l.id) < 2 OR COALESCE(SUM(l.balance), 0) <> 0",
    "an order that was made here has its delivery exactly if it is confirmed": "SELECT o.id FROM sale_order o "
    "LEFT JOIN stock_picking p ON p.sale_id = o.id WHERE o.client_order_ref LIKE '%-%-%-%-%' "
    "GROUP BY o.id HAVING (o.state = 'sale') <> (COUNT(p.id) > 0)",
    "a delivery takes what its order still has to get": "SELECT l.order_id FROM sale_order_line l "
    "JOIN sale_order o ON o.id = l.order_id WHERE o.client_order_ref LIKE '%-%-%-%-%' AND o.state = 'sale' "
    "GROUP BY l.order_id, l.product_id HAVING SUM(l.product_uom_qty) <> (SELECT COALESCE(SUM(m.quantity), 0) "
    "FROM stock_movement m JOIN stock_picking p ON p.id = m.picking_id WHERE p.sale_id = l.order_id "
    "AND m.product_id = l.product_id AND m.state <> 'cancel')",
    "no order is there twice": "SELECT client_order_ref FROM sale_order WHERE client_order_ref LIKE '%-%-%-%-%' "
    "GROUP BY client_order_ref HAVING COUNT(*) > 1",
    "the sums of the movements are those of the movements": "SELECT product_id FROM (SELECT product_id, state, "
    "1 AS n, quantity AS q, value AS v FROM stock_movement UNION ALL SELECT product_id, state, -movements, -quantity, "
    "-value FROM stock_movement_rollup) AS both_ways GROUP BY product_id, state "
    "HAVING SUM(n) <> 0 OR SUM(q) <> 0 OR SUM(v) <> 0",
    "the log has no gap": "SELECT writer FROM mcp_log GROUP BY writer HAVING COUNT(*) <> MAX(seq)",
}


class Sqlite:
    def __init__(self, file):
        self.file = file

    def rows(self, sql):
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as db:
            return db.execute(sql).fetchall()

    def wrong(self):
        return "the database is sound", [r for r in self.rows("PRAGMA quick_check") if r[0] != "ok"]


class Postgres:
    """Asked by psql, so that nothing has to be installed for it."""

    def __init__(self, url):
        self.command = [os.environ["AXANTA_PSQL"], "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c"]

    def rows(self, sql):
        whole = f"SELECT COALESCE(json_agg(one), '[]') FROM ({sql}) AS one"
        said = subprocess.run([*self.command, whole], check=True, stdout=subprocess.PIPE).stdout
        return [tuple(row.values()) for row in json.loads(said)]

    def wrong(self):
        # A transaction that outlives the server that began it holds its locks against the next one.
        left = "state LIKE 'idle in transaction%' AND state_change < now() - interval '5 seconds'"
        open_ones = f"SELECT pid, state_change, query FROM pg_stat_activity WHERE datname = current_database() AND {left}"
        return "no transaction is left open", self.rows(open_ones)


def database():
    url = os.environ["AXANTA_DATABASE_URL"]
    return Postgres(url) if url.startswith("postgres") else Sqlite(url.removeprefix("sqlite://"))


def agreement():
    """The rules by which orders, stock and books agree: those that the demo company is held to."""
    text = AGREEMENT.read_text().partition("RULES")[2].partition("];")[0]
    found = re.findall(r'\(\s*"([^"]*)",\s*"[^"]*",\s*"([^"]*)",\s*\)', text)
    if len(found) < 15:
        raise SystemExit(f"{AGREEMENT} is not written as it was: {len(found)} rules found")
    return found


class Truth:
    """The database, and what of it was so before anybody wrote."""

    def __init__(self):
        self.database = database()
        self.rows = self.database.rows
        self.agreement = agreement()
        self.gaps = {series: gaps for series, (gaps, _) in self.numbers().items()}
        ((self.changes_before,),) = self.rows("SELECT COUNT(*) AS n FROM mcp_changes")

    def wrong(self, book, calls):
        """Each thing that must be so, with what is found to be otherwise."""
        yield from self.against(book)
        yield from self.journal(calls)
        yield from ((rule, self.rows(sql)) for rule, sql in RULES.items())
        yield from self.agrees()
        numbers = self.numbers()
        yield "no number is there twice", [(one, twice) for one, (_, twice) in numbers.items() if twice]
        new = {one: gaps - self.gaps.get(one, set()) for one, (gaps, _) in numbers.items()}
        yield "no number is left out", [(one, sorted(gaps)) for one, gaps in new.items() if gaps]
        yield self.database.wrong()

    def against(self, book):
        """Every record that an answer spoke of, in all that the answers said of it."""
        for table, columns in SEEN.items():
            ids = [id for one, id in book.must if one == table]
            if not ids:
                continue
            listed = ", ".join(map(str, ids))
            # As one JSON would have it, psql names the columns; SQLite is told them.
            names = ["id", *(one.split(" ")[-1].split(".")[-1] for one in re.split(r", (?![^(]*\))", columns))]
            sql = f"SELECT o.id, {columns} FROM {table} o WHERE o.id IN ({listed})"
            now = {row[0]: dict(zip(names, row, strict=True)) for row in self.rows(sql)}
            wrong = []
            for id in ids:
                must, found = book.must[table, id], now.get(id)
                if (must is None) != (found is None):
                    wrong.append((id, must, found))
                elif must is not None:
                    wrong.extend((id, name, value, found[name]) for name, value in must.items() if found[name] != value)
            yield f"every record of {table} is as the answers say", wrong

    def journal(self, calls):
        """Each write that was answered is in the journal once, and nothing else is."""
        kept = {row[0]: row[1:] for row in self.rows("SELECT id, operation, model, ids FROM mcp_changes")}
        wrong = []
        for call in calls:
            row = kept.get(call.answer["change_id"])
            told = OPERATIONS[call.tool], call.arguments["model"], call.answer["ids"]
            if row is None or (*row[:2], json.loads(row[2])) != told:
                wrong.append((call.answer["change_id"], told, row))
        yield "every answered write is in the journal as it was answered", wrong
        counted = len({call.answer["change_id"] for call in calls}), len(kept) - self.changes_before
        yield "the journal has a change for each write, and no other", [counted] * (counted[0] != counted[1] or counted[0] != len(calls))
        answers = self.rows("SELECT idempotency_key, answer FROM mcp_idempotency")
        lost = [key for key, answer in answers if json.loads(answer).get("change_id") not in kept]
        yield "every answer that is kept is of a change that is there", lost
        keys = {key for key, _ in answers}
        yield "every answer is kept under its key", [call.key for call in calls if call.key not in keys]

    def agrees(self):
        """All in one question: each would be a process of its own on PostgreSQL."""
        now = str(int(time.time() * 1000) + 60_000)
        parts = [f"SELECT {n} AS rule, ({re.sub('1795[0-9]{9}', now, sql)}) AS n" for n, (_, sql) in enumerate(self.agreement)]
        broken = dict(self.rows(" UNION ALL ".join(parts)))
        for n, (rule, _) in enumerate(self.agreement):
            yield rule, [f"{broken[n]} rows"] * bool(broken[n])

    def numbers(self):
        """Series of numbers that must have no gap → what is left out, and what is there twice."""
        series = defaultdict(list)
        sql = (
            "SELECT CAST(company_id AS TEXT) AS company, name FROM account_move WHERE name <> '/' "
            "UNION ALL SELECT 'transfer' AS company, name FROM stock_picking"
        )
        for company, name in self.rows(sql):
            prefix, _, number = name.rpartition("/")
            series[company, prefix].append(int(number))
        return {
            one: (set(range(1, max(all_) + 1)) - set(all_), [n for n, times in Counter(all_).items() if times > 1])
            for one, all_ in series.items()
        }
