"""The Python client, once as it comes (server/discover first) and once held to the legacy era.

The checks mirror checks.mjs; a second language is the point, so they are written out again.
"""

import asyncio
import os
import re
import sys
import time
import traceback
from contextlib import asynccontextmanager

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ResourceTemplateReference

URL = os.environ["AXANTA_URL"]
KEY = os.environ["AXANTA_MCP_KEY"]
WRITE_KEY = os.environ["AXANTA_WRITE_KEY"]
WRONG_KEY = "axk_" + "0" * 43
SALES = "report.sales.analysis"
READ_TOOLS = {
    "get_context",
    "list_models",
    "describe_model",
    "search_records",
    "read_records",
    "count_records",
    "aggregate_records",
    "explain_access",
}
ROUTED_MODELS = [
    SALES,
    "report.retail.sales.analysis",
    "report.account.entries.analysis",
    "report.stock.onhand",
    "stock.movement",
]

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


def connect(key, mode, statuses):
    """A client under `key`; `statuses` collects what HTTP answered, which the client itself hides."""

    async def note(response):
        statuses.append(response.status_code)

    http = httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {key}"}, timeout=30, event_hooks={"response": [note]}
    )
    return Client(streamable_http_client(URL, http_client=http), mode=mode)


def text(result):
    return "\n".join(part.text for part in result.content if part.type == "text")


async def structured(client, tool, **arguments):
    """The structured content of a call that must have worked; the client checks it against outputSchema."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text(result)
    return result.structured_content


async def all_rows(client, **arguments):
    rows, offset = [], 0
    while True:
        page = await structured(client, "search_records", offset=offset, **arguments)
        rows += page["records"]
        if not page["has_more"]:
            return rows, page["total"]
        assert page["next_offset"] > offset, page
        offset = page["next_offset"]


def cents(values):
    """Money arrives as JSON numbers: compare in minor units, where a float's last bit can't matter."""
    return sum(round(value * 100) for value in values)


async def exercise(client, era):
    async with check(f"{era}: connects, to a server that gives its name"):
        assert client.protocol_version == ("2026-07-28" if era == "auto" else "2025-11-25"), client.protocol_version
        assert "axanta" in client.server_info.name.lower(), client.server_info

    async with check(f"{era}: lists the eight read tools, and no write tool, for a read key"):
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert READ_TOOLS <= names, names
        assert not names & {"create_records", "update_records", "delete_records", "call_method"}, names

    async with check(f"{era}: is given the instructions, with name and routing in their first 512 characters"):
        head = (client.instructions or "")[:512]
        assert all(word in head for word in ["Axanta", *ROUTED_MODELS]), head

    async with check(f"{era}: aggregate_records by quarter adds up to what search_records shows row by row"):
        newest = await structured(
            client, "search_records", model=SALES, fields=["date"], order="date desc", limit=30
        )
        domain = [["date", ">=", newest["records"][-1]["date"][:10]]]
        rows, total = await all_rows(client, model=SALES, domain=domain, fields=["date", "price_total"], order="id")
        assert len(rows) == total > 0
        answer = await structured(
            client,
            "aggregate_records",
            model=SALES,
            domain=domain,
            group_by=["date:quarter"],
            aggregates=["price_total:sum"],
        )
        groups = answer["groups"]
        assert answer["has_more"] is False
        assert all(re.search(r"Q[1-4]", str(group["date:quarter"])) for group in groups), groups
        assert sum(group["__count"] for group in groups) == len(rows)
        assert cents(group["price_total:sum"] for group in groups) == cents(row["price_total"] for row in rows)

    async with check(f"{era}: a wrong field is answered as a tool error that names the right one"):
        result = await client.call_tool("search_records", {"model": SALES, "fields": ["prise_total"]})
        assert result.is_error
        assert re.search("did you mean", text(result), re.I) and "price_total" in text(result), text(result)

    async with check(f"{era}: lists and reads the instructions as a resource"):
        uris = {str(resource.uri) for resource in (await client.list_resources()).resources}
        assert "axanta://instructions" in uris, uris
        contents = (await client.read_resource("axanta://instructions")).contents
        assert "Axanta" in contents[0].text

    async with check(f"{era}: lists the prompts that are shipped"):
        assert (await client.list_prompts()).prompts

    async with check(f"{era}: completes a model name"):
        reference = ResourceTemplateReference(type="ref/resource", uri="axanta://model/{model}")
        answer = await client.complete(reference, {"name": "model", "value": "report.sa"})
        assert SALES in answer.completion.values, answer


async def exercise_writing(client, era):
    ref = f"python-{era}-{time.time_ns()}"
    mine = [["client_order_ref", "=", ref]]

    async def one(model, domain):
        return (await structured(client, "search_records", model=model, domain=domain, limit=1))["records"][0]["id"]

    async with check(f"{era}: an order is tried, made once, changed and confirmed"):
        goods = [["type", "=", "consu"], ["sale_ok", "=", True], ["active", "=", True]]
        line = {"product_id": await one("product.product", goods), "product_uom_qty": 2}
        customer = await one("res.partner", [["customer_rank", ">", 0], ["active", "=", True]])
        records = [{"partner_id": customer, "client_order_ref": ref, "order_line": [[0, 0, line]]}]
        wish = {"model": "sale.order", "records": records}
        tried = await structured(client, "create_records", **wish, dry_run=True)
        assert tried["status"] == "dry_run" and tried["ids"] == [], tried
        made = await structured(client, "create_records", **wish, idempotency_key=ref)
        again = await structured(client, "create_records", **wish, idempotency_key=ref)
        assert made["ids"] == again["ids"] and made["status"] == "done", (made, again)
        assert (await structured(client, "count_records", model="sale.order", domain=mine))["total"] == 1
        changed = await structured(client, "update_records", model="sale.order", ids=made["ids"], values={"note": "x"})
        assert [field["name"] for field in changed["changes"][0]["fields"]] == ["note"], changed
        confirm = {"model": "sale.order", "method": "action_confirm", "ids": made["ids"]}
        confirmed = await structured(client, "call_method", **confirm)
        assert any(change["model"] == "stock.picking" for change in confirmed["changes"]), confirmed
        refused = await client.call_tool("call_method", confirm)
        assert refused.is_error, refused

    async with check(f"{era}: a contact is made and deleted"):
        made = await structured(client, "create_records", model="res.partner", records=[{"name": ref}])
        gone = await structured(client, "delete_records", model="res.partner", ids=made["ids"])
        assert [change["kind"] for change in gone["changes"]] == ["deleted"], gone

    async with check(f"{era}: an export and a printed order are files behind links"):
        export = {"model": "sale.order", "domain": mine, "fields": ["name"], "format": "json"}
        file = await structured(client, "export_records", **export)
        async with httpx2.AsyncClient() as http:
            rows = (await http.get(file["download_url"])).json()
        assert len(rows) == file["rows"] == 1, (file, rows)
        report = {"model": "sale.order", "report": "sale.report_saleorder", "ids": [rows[0]["id"]], "format": "html"}
        file = await structured(client, "render_report", **report)
        contents = (await client.read_resource(file["uri"])).contents
        assert rows[0]["name"] in contents[0].text, contents


async def main():
    for era in ("auto", "legacy"):
        async with check(f"{era}: stays connected to the end"):
            async with connect(KEY, era, []) as client:
                await exercise(client, era)
            async with connect(WRITE_KEY, era, []) as client:
                await exercise_writing(client, era)

        async with check(f"{era}: a wrong key surfaces as 401"):
            statuses = []
            try:
                async with connect(WRONG_KEY, era, statuses):
                    raise AssertionError("connected under a wrong key")
            except* MCPError:
                pass
            assert set(statuses) == {401}, statuses

    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


asyncio.run(main())
