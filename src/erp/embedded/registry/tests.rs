use sqlx::AssertSqlSafe;

use super::*;
use crate::model::ModelKind;
use crate::store::on_db;
use crate::store::testing::databases;

#[tokio::test]
async fn every_field_has_its_column_on_both_databases() {
    for test in databases().await {
        let mut conn = test.db.read().await.unwrap();
        for model in models().iter() {
            let table = table(&model.name);
            let columns: Vec<&str> =
                model.fields.iter().filter(|f| !f.kind.is_x2many()).map(|f| f.name.as_ref()).collect();
            let mut statements = vec![format!("SELECT {} FROM {table} WHERE id = 0", columns.join(", "))];
            for field in &model.fields {
                match &field.kind {
                    FieldKind::Many2many { .. } => statements.push(format!(
                        "SELECT record_id, target_id FROM {}",
                        link_table(&model.name, &field.name)
                    )),
                    FieldKind::One2many { relation, inverse } => statements
                        .push(format!("SELECT id FROM {} WHERE {inverse} = 0", super::table(relation))),
                    _ => {}
                }
            }
            for sql in statements {
                let done = on_db!(conn.on(), c => {
                    sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *c).await.map(drop)
                });
                done.unwrap_or_else(|e| panic!("{}: {sql}: {e}", test.name));
            }
        }
    }
}

#[test]
fn every_link_leads_to_a_model_and_back() {
    for model in models().iter() {
        for field in &model.fields {
            let Some(relation) = field.kind.relation() else { continue };
            let target = super::model(relation)
                .unwrap_or_else(|| panic!("{}.{} links to unknown {relation}", model.name, field.name));
            if let FieldKind::One2many { inverse, .. } = &field.kind {
                let back = target.require(inverse).unwrap_or_else(|e| panic!("{e}"));
                assert_eq!(back.kind.relation(), Some(model.name.as_ref()), "{}.{}", model.name, field.name);
            }
        }
    }
}

#[test]
fn every_model_names_fields_that_it_has() {
    for model in models().iter() {
        let mut names: Vec<&str> = model.fields.iter().map(|f| f.name.as_ref()).collect();
        assert_eq!(names.first(), Some(&"id"), "{}", model.name);
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "{} names a field twice", model.name);
        assert!(!model.significant.is_empty(), "{}", model.name);
        for name in model.significant.iter().chain([&model.rec_name]) {
            model.require(name).unwrap();
        }
        for term in crate::model::OrderTerm::parse_list(&model.order).unwrap() {
            model.require(&term.key).unwrap();
        }
        for field in &model.fields {
            if let FieldKind::Monetary { currency_field } = &field.kind {
                let currency = model.require(currency_field).unwrap();
                assert_eq!(currency.kind.relation(), Some("res.currency"), "{}.{}", model.name, field.name);
                assert!(currency.required, "{}.{} may have no currency", model.name, field.name);
            }
        }
    }
}

#[test]
fn the_five_reporting_models_are_there() {
    let reporting: Vec<&str> =
        models().iter().filter(|m| m.kind == ModelKind::Reporting).map(|m| m.name.as_ref()).collect();
    assert_eq!(
        reporting,
        [
            "report.account.entries.analysis",
            "report.retail.sales.analysis",
            "report.sales.analysis",
            "report.stock.onhand",
            "stock.movement"
        ]
    );
    assert!(model("sale.orders").is_none());
}

#[test]
fn trees_are_known() {
    let parent = |name| parent_field(super::model(name).unwrap()).map(|f| f.name.as_ref());
    assert_eq!(parent("product.category"), Some("parent_id"));
    assert_eq!(parent("stock.location"), Some("location_id"));
    assert_eq!(parent("stock.quant"), None);
}

#[test]
fn no_secret_is_a_field() {
    let users = model("res.users").unwrap();
    assert!(users.fields.iter().all(|f| !f.name.contains("password") && !f.name.contains("hash")));
}
