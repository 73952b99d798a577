"""What policy refinements cost: the same questions with hidden fields and an extra domain, and without, in turn."""

from wire import CONNECTIONS, answer, measured, middle, raw, request, say

ROUNDS, SECONDS = 5, 1.5
REPORTING = ["report.sales.analysis", "report.retail.sales.analysis", "report.account.entries.analysis", "report.stock.onhand"]
PLAIN = ["--all-fields", "--no-domain", "--no-require-narrowing"]
HIDDEN = ["--hide", "value,partner_id,picking_id"]
DOMAIN = ["--domain", '[["state","!=","cancel"]]']


def figures(programs, server, port, desk, question):
    """`question` is a search of stock.movement that names none of the hidden fields."""
    key = desk.key()
    asked = {
        "get_context": (raw(*request(port, key, "get_context", {})), CONNECTIONS),
        "search_records": (raw(*request(port, key, "search_records", question)), 1),
    }
    kinds = {"plain": PLAIN, "refined": [*HIDDEN, *DOMAIN]}
    runs = {(kind, tool): [] for kind in kinds for tool in asked}
    for _ in range(ROUNDS):
        for kind, how in kinds.items():
            desk.policy("stock.movement", *how)
            for model in REPORTING:
                desk.policy(model, *(["--max-records", "150"] if kind == "refined" else ["--no-max-records"]))
            desk.heeded()
            answer(port, *request(port, key, "search_records", question))
            for tool, (sent, connections) in asked.items():
                runs[kind, tool].append(measured(programs, server, port, sent, seconds=SECONDS, connections=connections))
    for tool, unit in (("get_context", "per_second"), ("search_records", "p50_us")):
        share = middle([a[unit] / b[unit] for a, b in zip(runs["refined", tool], runs["plain", tool])])
        cpu = {kind: middle([one["cpu_us"] for one in runs[kind, tool]]) for kind in kinds}
        what = "requests a second, a share" if unit == "per_second" else "time, a multiple"
        say(f"{tool} under refined policies, {what} of plain", f"{share:.2f}", f"aim 1; CPU {cpu['refined']:.0f} and {cpu['plain']:.0f} µs a request")
    desk.policy("stock.movement", *PLAIN)
