//! Orders, stock and books agree with each other, in small and in large.

use super::*;

/// Rows that break a rule; a rule without a single row that could break it proves nothing.
pub const RULES: &[(&str, &str, &str)] = &[
    (
        "a posted entry balances in both currencies",
        "SELECT COUNT(*) FROM account_move WHERE state = 'posted'",
        "SELECT COUNT(*) FROM (SELECT l.move_id FROM account_move_line l JOIN account_move m ON m.id = l.move_id
         WHERE m.state = 'posted' GROUP BY l.move_id HAVING SUM(l.balance) <> 0 OR SUM(l.debit) <> SUM(l.credit)) x",
    ),
    (
        "an invoice balances in its own currency and its items make up its total",
        "SELECT COUNT(*) FROM account_move WHERE move_type <> 'entry'",
        "SELECT COUNT(*) FROM (SELECT m.id FROM account_move m JOIN account_move_line l ON l.move_id = m.id
         WHERE m.move_type <> 'entry' GROUP BY m.id, m.amount_total
         HAVING SUM(l.amount_currency) <> 0
         OR ABS(SUM(CASE WHEN l.display_type = 'payment_term' THEN l.amount_currency ELSE 0 END)) <> m.amount_total) x",
    ),
    (
        "what is open of a posted invoice stands on its receivable or payable too",
        "SELECT COUNT(*) FROM account_move WHERE payment_state = 'paid'",
        "SELECT COUNT(*) FROM account_move m JOIN account_move_line l ON l.move_id = m.id
         AND l.display_type = 'payment_term' WHERE m.state = 'posted'
         AND ((m.amount_residual = 0) <> (l.amount_residual = 0)
         OR (m.amount_residual = 0) <> (m.payment_state IN ('paid', 'reversed')))",
    ),
    (
        "a done transfer has movements, all done with it",
        "SELECT COUNT(*) FROM stock_picking WHERE state = 'done'",
        "SELECT COUNT(*) FROM stock_picking p WHERE (p.state = 'done') <> (p.date_done IS NOT NULL)
         OR NOT EXISTS (SELECT 1 FROM stock_movement m WHERE m.picking_id = p.id)
         OR EXISTS (SELECT 1 FROM stock_movement m WHERE m.picking_id = p.id AND m.state <> p.state)",
    ),
    (
        "what an order says was delivered, its deliveries delivered",
        "SELECT COUNT(*) FROM sale_order_line WHERE qty_delivered > 0",
        "SELECT COUNT(*) FROM (SELECT l.order_id, l.product_id, SUM(l.qty_delivered) AS said FROM sale_order_line l
         JOIN product_product t ON t.id = l.product_id AND t.type <> 'service' GROUP BY l.order_id, l.product_id) s
         WHERE s.said <> (SELECT COALESCE(SUM(m.quantity), 0) FROM stock_movement m
         JOIN stock_picking p ON p.id = m.picking_id
         WHERE p.sale_id = s.order_id AND m.product_id = s.product_id AND m.state = 'done')",
    ),
    (
        "what a purchase says was received, its receipts received",
        "SELECT COUNT(*) FROM purchase_order_line WHERE qty_received > 0",
        "SELECT COUNT(*) FROM (SELECT l.order_id, l.product_id, SUM(l.qty_received) AS said FROM purchase_order_line l
         GROUP BY l.order_id, l.product_id) s
         WHERE s.said <> (SELECT COALESCE(SUM(m.quantity), 0) FROM stock_movement m
         JOIN stock_picking p ON p.id = m.picking_id
         WHERE p.purchase_id = s.order_id AND m.product_id = s.product_id AND m.state = 'done')",
    ),
    (
        "what an order says was invoiced, its invoices less credit notes invoice",
        "SELECT COUNT(*) FROM account_move WHERE move_type = 'out_refund'",
        "SELECT COUNT(*) FROM sale_order_line l
         WHERE l.qty_invoiced <> (SELECT COALESCE(SUM(CASE WHEN m.move_type = 'out_refund' THEN -i.quantity
         ELSE i.quantity END), 0) FROM account_move_line i JOIN account_move m ON m.id = i.move_id
         WHERE m.sale_id = l.order_id AND i.product_id = l.product_id AND m.state <> 'cancel')",
    ),
    (
        "what a purchase says was billed, its bills less credit notes bill",
        "SELECT COUNT(*) FROM account_move WHERE move_type = 'in_refund'",
        "SELECT COUNT(*) FROM purchase_order_line l
         WHERE l.qty_invoiced <> (SELECT COALESCE(SUM(CASE WHEN m.move_type = 'in_refund' THEN -i.quantity
         ELSE i.quantity END), 0) FROM account_move_line i
         JOIN account_move m ON m.id = i.move_id
         WHERE m.purchase_id = l.order_id AND i.product_id = l.product_id AND m.state <> 'cancel')",
    ),
    (
        "an order's amounts are the sums of its lines",
        "SELECT COUNT(*) FROM sale_order",
        "SELECT COUNT(*) FROM sale_order o WHERE (o.amount_untaxed, o.amount_tax, o.amount_total, o.margin) <>
         (SELECT COALESCE(SUM(price_subtotal), 0), COALESCE(SUM(price_tax), 0), COALESCE(SUM(price_total), 0),
         COALESCE(SUM(margin), 0) FROM sale_order_line l
         WHERE l.order_id = o.id AND l.state = o.state AND l.currency_id = o.currency_id)",
    ),
    (
        "a shop's receipt is the sum of its lines, and taken out of stock when its session closed",
        "SELECT COUNT(*) FROM pos_order WHERE state = 'invoiced'",
        "SELECT COUNT(*) FROM pos_order o WHERE (o.amount_untaxed, o.amount_total) <>
         (SELECT COALESCE(SUM(price_subtotal), 0), COALESCE(SUM(price_subtotal_incl), 0) FROM pos_order_line l WHERE l.order_id = o.id)
         OR (o.picking_id IS NOT NULL) <> (o.state IN ('done', 'invoiced'))",
    ),
    (
        "a session's transfer moves what its receipts sold",
        "SELECT COUNT(*) FROM pos_order WHERE picking_id IS NOT NULL",
        "SELECT COUNT(*) FROM (SELECT o.picking_id, l.product_id, SUM(l.qty) AS sold FROM pos_order o
         JOIN pos_order_line l ON l.order_id = o.id WHERE o.picking_id IS NOT NULL
         GROUP BY o.picking_id, l.product_id) s WHERE s.sold <> (SELECT COALESCE(SUM(m.quantity), 0)
         FROM stock_movement m WHERE m.picking_id = s.picking_id AND m.product_id = s.product_id)",
    ),
    (
        "stock is the sum of what came less what went, and never less than nothing or than what is reserved",
        "SELECT COUNT(*) FROM stock_quant WHERE reserved_quantity > 0",
        "SELECT COUNT(*) FROM stock_location l CROSS JOIN product_product t
         LEFT JOIN stock_quant q ON q.location_id = l.id AND q.product_id = t.id
         LEFT JOIN (SELECT location_dest_id AS place, product_id, SUM(quantity) AS came FROM stock_movement
         WHERE state = 'done' GROUP BY location_dest_id, product_id) i ON i.place = l.id AND i.product_id = t.id
         LEFT JOIN (SELECT location_id AS place, product_id, SUM(quantity) AS went FROM stock_movement
         WHERE state = 'done' GROUP BY location_id, product_id) o ON o.place = l.id AND o.product_id = t.id
         WHERE l.usage = 'internal' AND (COALESCE(q.quantity, 0) <> COALESCE(i.came, 0) - COALESCE(o.went, 0)
         OR COALESCE(q.quantity, 0) < COALESCE(q.reserved_quantity, 0))",
    ),
    (
        "what is reserved is what open transfers are to take",
        "SELECT COUNT(*) FROM stock_movement WHERE state = 'assigned'",
        "SELECT COUNT(*) FROM stock_quant q WHERE q.reserved_quantity <> (SELECT COALESCE(SUM(m.quantity), 0)
         FROM stock_movement m WHERE m.location_id = q.location_id AND m.product_id = q.product_id
         AND m.state = 'assigned')",
    ),
    (
        "nothing is done, posted or sold after now",
        "SELECT COUNT(*) FROM stock_movement",
        "SELECT (SELECT COUNT(*) FROM stock_movement WHERE state = 'done' AND date > 1795291800000)
         + (SELECT COUNT(*) FROM sale_order WHERE date_order > 1795291800000)
         + (SELECT COUNT(*) FROM pos_order WHERE date_order > 1795291800000)
         + (SELECT COUNT(*) FROM account_move WHERE create_date > 1795291800000)",
    ),
    (
        "a movement keeps to its company's currency and warehouse",
        "SELECT COUNT(*) FROM stock_movement",
        "SELECT COUNT(*) FROM stock_movement m JOIN stock_warehouse w ON w.id = m.warehouse_id
         JOIN res_company c ON c.id = m.company_id
         WHERE w.company_id <> m.company_id OR c.currency_id <> m.currency_id",
    ),
    (
        "sequences stand behind the last id",
        "SELECT COUNT(*) FROM erp_sequences WHERE next_id > 1",
        "SELECT COUNT(*) FROM erp_sequences s WHERE s.name = 'stock_movement'
         AND s.next_id <> (SELECT MAX(id) + 1 FROM stock_movement)",
    ),
];

#[tokio::test]
async fn orders_stock_and_books_agree() {
    for test in databases().await {
        made(&test, 1).await;
        for (rule, rows, broken) in RULES {
            assert!(one(&test, rows).await > 0, "{}: nothing to prove that {rule}", test.name);
            assert_eq!(one(&test, broken).await, 0, "{}: {rule}", test.name);
        }
    }
}

#[tokio::test]
#[ignore = "takes a minute: the large company, to be measured in a release build"]
async fn large_is_large() {
    for test in databases().await {
        let mut tx = test.db.begin().await.unwrap();
        companies(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        let begun = std::time::Instant::now();
        generate(&test.db, now(), DemoSize::Large, 1).await.unwrap();
        let movements = one(&test, "SELECT COUNT(*) FROM stock_movement").await;
        println!("{}: {movements} movements in {:?}", test.name, begun.elapsed());
        assert!(movements >= 1_000_000);
        for (rule, _, broken) in RULES {
            assert_eq!(one(&test, broken).await, 0, "{}: {rule}", test.name);
        }
    }
}
