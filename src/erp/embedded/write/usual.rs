//! What becomes of the fields of a new record that nothing is given for: what models fill in by themselves, in words.

use crate::erp::Ungiven;
use crate::model::{Field, FieldKind, Model};

/// Fields without which a record can't be made, though one that is there may be without them.
const NEEDED: [(&str, &str); 1] = [("stock.movement", "picking_id")];

/// What becomes of a field that nothing is given for.
pub(in super::super) fn ungiven(model: &Model, field: &Field) -> Ungiven {
    if field.readonly || field.name == "id" {
        return Ungiven::Empty;
    }
    if let Some(usual) = of_model(&model.name, &field.name).or_else(|| of_any(field)) {
        return Ungiven::Becomes(usual);
    }
    if field.required || NEEDED.contains(&(model.name.as_ref(), field.name.as_ref())) {
        return Ungiven::Refused;
    }
    Ungiven::Empty
}

/// What no model has to say of itself.
fn of_any(field: &Field) -> Option<&'static str> {
    match field.name.as_ref() {
        "active" => Some("true"),
        "company_id" if field.required => Some("the first company of the user"),
        _ if field.required && matches!(field.kind, FieldKind::Boolean) => Some("false"),
        _ => None,
    }
}

#[expect(clippy::match_same_arms, reason = "it reads model by model")]
fn of_model(model: &str, field: &str) -> Option<&'static str> {
    Some(match (model, field) {
        ("res.partner", "customer_rank" | "supplier_rank") => "0",
        ("product.product", "type") => "consu",
        ("product.product", "uom") => "unit",
        ("product.product", "list_price" | "standard_price") => "0",
        ("product.product", "sale_ok" | "purchase_ok") => "true",
        ("product.product" | "crm.lead", "currency_id") => "the company's",
        ("crm.lead", "type") => "opportunity where a partner is named, else lead",
        ("crm.lead", "stage") => "new",
        ("crm.lead" | "stock.picking", "priority") => "0",
        ("crm.lead", "expected_revenue") => "0",
        ("crm.lead", "probability") => "10",
        ("crm.lead" | "sale.order" | "purchase.order" | "stock.picking", "user_id") => "the user",
        ("sale.order" | "purchase.order", "date_order") | ("stock.picking", "scheduled_date") => "now",
        ("sale.order" | "purchase.order", "currency_id") => "the partner's, else the company's",
        ("sale.order" | "purchase.order", "warehouse_id") => "the first of the company",
        ("sale.order" | "purchase.order", "company_id") => {
            "the warehouse's or the partner's, else the first of the user"
        }
        ("sale.order", "payment_term") => "immediate",
        ("sale.order", "validity_date") => "30 days from today",
        ("purchase.order", "date_planned") => "7 days from now",
        ("purchase.order.line", "date_planned") => "the order's",
        ("sale.order.line" | "purchase.order.line", "sequence") => "after the last line",
        ("sale.order.line" | "purchase.order.line", "name" | "uom" | "price_unit") => "the product's",
        ("sale.order.line", "purchase_price") => "the product's cost",
        ("sale.order.line" | "account.move.line", "discount") => "0",
        ("sale.order.line" | "purchase.order.line", "tax_rate") => "as between company and partner",
        ("sale.order.line", "product_uom_qty") | ("purchase.order.line", "product_qty") => "1",
        ("stock.picking", "warehouse_id") => "that of the locations, else the first of the company",
        ("stock.picking", "location_id" | "location_dest_id") => "by the operation type",
        (
            "stock.movement",
            "date" | "picking_type" | "warehouse_id" | "partner_id" | "location_id" | "location_dest_id",
        ) => "the transfer's",
        ("account.move", "move_type") => "entry",
        ("account.move", "date") => "the invoice's date, else today",
        ("account.move", "journal_id") => "by the type of entry",
        ("account.move", "company_id") => "the journal's, else the first of the user",
        ("account.move", "currency_id") => "the partner's in an invoice, else the company's",
        ("account.move", "invoice_user_id") => "the user in an invoice",
        ("account.move.line", "sequence") => "10",
        ("account.move.line", "display_type") => "product in an invoice, else entry",
        ("account.move.line", "quantity") => "1 in an invoice, else 0",
        ("account.move.line", "price_unit") => "the product's in an invoice, 0 in other entries",
        ("account.move.line", "account_id") => {
            "by the product in an invoice; in other entries it must be given"
        }
        ("account.move.line", "debit" | "credit" | "balance" | "amount_currency") => {
            "computed in an invoice; else one of them says the others"
        }
        ("account.move.line", "currency_id" | "partner_id") => "the entry's",
        _ => return None,
    })
}
