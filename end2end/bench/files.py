"""What files cost: an export of a hundred thousand rows in each format, fetched by its link, and printed orders."""

import time
import urllib.request

from machine import Watched
from wire import Caller, middle, say

ROWS = 100_000
PRINTS = 50
FIELDS = ["date", "reference", "product_id", "quantity", "uom", "warehouse_id", "picking_type", "partner_id", "value", "state"]


def fetched(url):
    """Bytes behind a link, taken as they come and thrown away, and the seconds it took."""
    started, size = time.perf_counter(), 0
    with urllib.request.urlopen(url, timeout=60) as response:
        while part := response.read(1 << 16):
            size += len(part)
    return size, time.perf_counter() - started


def exports(server, port, desk):
    desk.policy("stock.movement", allow="read,export")
    desk.heeded()
    caller = Caller(port, desk.key())
    for format_ in ("csv", "xlsx", "json"):
        before, _ = server.status("RssAnon", "VmRSS")
        asked = {"model": "stock.movement", "domain": [["date", ">=", "2000-01-01"]], "fields": FIELDS, "format": format_}
        with Watched(server) as watched:
            made, seconds = caller.call("export_records", **asked)
            size, fetching = fetched(made["download_url"])
        assert made["rows"] == ROWS and size == made["size"], made
        after, _ = server.status("RssAnon", "VmRSS")
        say(f"export_records, {ROWS:,} movements as {format_.upper()}", f"{seconds:.1f} s", f"{size / 2**20:.1f} MiB; fetched by its link in {fetching:.2f} s")
        say("  memory of its own at most", f"{watched.own} MB", f"{before} MB before, {after} MB after; with mapped pages {watched.most} MB at most")


def prints(server, port, desk):
    desk.policy("sale.order", allow="read,report")
    desk.policy("sale.order.line", allow="read")
    desk.heeded()
    caller = Caller(port, desk.key())
    found, _ = caller.call("search_records", model="sale.order", domain=[["state", "=", "sale"]], fields=["name"], limit=PRINTS + 20)
    ids = [one["id"] for one in found["records"]]
    asked = {"model": "sale.order", "report": "sale.report_saleorder", "format": "pdf"}
    (before,) = server.status("RssAnon")
    with Watched(server) as watched:
        took = [caller.call("render_report", ids=[one], **asked)[1] for one in ids[:PRINTS]]
    (after,) = server.status("RssAnon")
    say("render_report, an order as PDF: the first", f"{took[0] * 1e3:.0f} ms", f"the next {middle(took[1:]) * 1e3:.0f} ms")
    say(f"  memory of its own after {PRINTS}", f"{after} MB", f"{before} MB before, {watched.own} MB at most")
    with Watched(server) as watched:
        _, seconds = caller.call("render_report", ids=ids[-20:], **asked)
    (after,) = server.status("RssAnon")
    say("render_report, twenty orders in one file", f"{seconds * 1e3:.0f} ms", f"memory of its own {watched.own} MB at most, {after} MB after; {watched.child} MB in the process that prints")
