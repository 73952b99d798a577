//! Lists of selection values that several models share.

/// (value, label) pairs.
pub type Values = &'static [(&'static str, &'static str)];

/// Units that quantities are counted in.
pub const UOM: Values = &[("unit", "Units"), ("kg", "kg"), ("l", "L"), ("m", "m"), ("hour", "Hours")];

/// Teams that sell.
pub const TEAM: Values = &[
    ("direct", "Direct Sales"),
    ("online", "Online"),
    ("partner", "Partners"),
    ("key_account", "Key Accounts"),
];

/// Where a sales order stands.
pub const SALE_STATE: Values =
    &[("draft", "Quotation"), ("sent", "Quotation Sent"), ("sale", "Sales Order"), ("cancel", "Cancelled")];

/// Whether something sold is to be invoiced.
pub const INVOICE_STATUS: Values =
    &[("no", "Nothing to Invoice"), ("to invoice", "To Invoice"), ("invoiced", "Fully Invoiced")];

/// How much of an order has moved.
pub const MOVED_STATUS: Values =
    &[("pending", "Not Started"), ("partial", "Partially Done"), ("full", "Fully Done")];

/// Where a purchase order stands.
pub const PURCHASE_STATE: Values = &[
    ("draft", "RFQ"),
    ("sent", "RFQ Sent"),
    ("to approve", "To Approve"),
    ("purchase", "Purchase Order"),
    ("cancel", "Cancelled"),
];

/// Where a shop's sale stands.
pub const POS_STATE: Values = &[
    ("draft", "New"),
    ("paid", "Paid"),
    ("done", "Posted"),
    ("invoiced", "Invoiced"),
    ("cancel", "Cancelled"),
];

/// How a shop's customer paid.
pub const PAYMENT_METHOD: Values =
    &[("cash", "Cash"), ("card", "Card"), ("mobile", "Mobile Payment"), ("voucher", "Voucher")];

/// Where a journal entry stands.
pub const MOVE_STATE: Values = &[("draft", "Draft"), ("posted", "Posted"), ("cancel", "Cancelled")];

/// What a journal entry is.
pub const MOVE_TYPE: Values = &[
    ("entry", "Journal Entry"),
    ("out_invoice", "Customer Invoice"),
    ("out_refund", "Customer Credit Note"),
    ("in_invoice", "Vendor Bill"),
    ("in_refund", "Vendor Credit Note"),
];

/// Whether an invoice has been paid.
pub const PAYMENT_STATE: Values =
    &[("not_paid", "Not Paid"), ("partial", "Partially Paid"), ("paid", "Paid"), ("reversed", "Reversed")];

/// What a journal is for.
pub const JOURNAL_TYPE: Values = &[
    ("sale", "Sales"),
    ("purchase", "Purchase"),
    ("cash", "Cash"),
    ("bank", "Bank"),
    ("general", "Miscellaneous"),
];

/// Where an account stands in balance sheet and profit and loss.
pub const ACCOUNT_TYPE: Values = &[
    ("asset_receivable", "Receivable"),
    ("asset_cash", "Bank and Cash"),
    ("asset_current", "Current Assets"),
    ("asset_fixed", "Fixed Assets"),
    ("liability_payable", "Payable"),
    ("liability_current", "Current Liabilities"),
    ("equity", "Equity"),
    ("income", "Income"),
    ("income_other", "Other Income"),
    ("expense_direct_cost", "Cost of Revenue"),
    ("expense", "Expenses"),
];

/// Which way goods move.
pub const PICKING_TYPE: Values = &[
    ("incoming", "Receipt"),
    ("outgoing", "Delivery"),
    ("internal", "Internal Transfer"),
    ("adjustment", "Inventory Adjustment"),
];

/// Where a transfer, or one movement of it, stands.
pub const STOCK_STATE: Values = &[
    ("draft", "Draft"),
    ("waiting", "Waiting for Stock"),
    ("confirmed", "Confirmed"),
    ("assigned", "Ready"),
    ("done", "Done"),
    ("cancel", "Cancelled"),
];

/// When an invoice is due.
pub const PAYMENT_TERM: Values =
    &[("immediate", "Immediate Payment"), ("15", "15 Days"), ("30", "30 Days"), ("60", "60 Days")];
