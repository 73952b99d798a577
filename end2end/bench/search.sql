-- The statements that search_records asks for the question in `run`, taken from sqlx's own log, with the values
-- in place of $1, $2, …: the page with one row more, and the count of matches up to a bound. Here the rows come as
-- rows, which the tool has SQLite write as one text.
SELECT t1.id, t1.c0, t1.c1, t1.c2, (SELECT t2.name FROM product_product AS t2 WHERE t2.id = t1.c2), t1.c3, t1.c4,
       t1.c5, (SELECT t3.name FROM stock_warehouse AS t3 WHERE t3.id = t1.c5), t1.c6, t1.c7
FROM (
  SELECT t0.id AS id, t0.date AS c0, t0.reference AS c1, t0.product_id AS c2, t0.quantity AS c3, t0.uom AS c4,
         t0.warehouse_id AS c5, t0.picking_type AS c6, t0.state AS c7, t0.date AS o0, t0.id AS o1
  FROM stock_movement AS t0
  WHERE +(t0.company_id IN (:companies))
  ORDER BY t0.date DESC, t0.id DESC LIMIT 81
) AS t1
ORDER BY t1.o0 DESC, t1.o1 DESC;

SELECT (
  SELECT COUNT(*) FROM (
    SELECT 1 FROM stock_movement AS t0 WHERE t0.company_id IN (:companies)
    LIMIT (CASE WHEN (SELECT id FROM stock_movement ORDER BY id DESC LIMIT 1) > 20000 THEN 400 ELSE 20000 END) + 1
  ) AS matches
), CAST((CASE WHEN (SELECT id FROM stock_movement ORDER BY id DESC LIMIT 1) > 20000 THEN 400 ELSE 20000 END) AS BIGINT)
