//! The books: accounts, journals, numbers of entries, and items that always balance.

use std::collections::BTreeMap;

use chrono::Datelike;

use super::arena::Arena;
use super::calendar::{Calendar, date};
use super::company::{BERLIN, NEW_YORK, books_currency};
use super::rows::{Account, Entry, Item, Journal};
use super::world::World;

/// Chart of accounts of each company: code, name, type, reconciled.
const CHART: [(&str, &str, &str, bool); 18] = [
    ("1000", "Bank", "asset_cash", false),
    ("1010", "Cash", "asset_cash", false),
    ("1020", "Card Payments", "asset_cash", false),
    ("1200", "Account Receivable", "asset_receivable", true),
    ("1400", "Input Tax", "asset_current", false),
    ("1600", "Equipment", "asset_fixed", false),
    ("2000", "Account Payable", "liability_payable", true),
    ("2100", "Output Tax", "liability_current", false),
    ("3000", "Capital", "equity", false),
    ("4000", "Product Sales", "income", false),
    ("4100", "Service Sales", "income", false),
    ("4200", "Retail Sales", "income", false),
    ("4900", "Foreign Exchange Result", "income_other", false),
    ("5000", "Cost of Goods", "expense_direct_cost", false),
    ("6000", "Rent", "expense", false),
    ("6100", "Salaries", "expense", false),
    ("6200", "Utilities", "expense", false),
    ("6300", "Marketing", "expense", false),
];

/// Journals of each company: code, name, type, account.
const JOURNALS: [(&str, &str, &str, &str); 5] = [
    ("INV", "Customer Invoices", "sale", "4000"),
    ("BILL", "Vendor Bills", "purchase", "5000"),
    ("BNK", "Bank", "bank", "1000"),
    ("MISC", "Miscellaneous Operations", "general", "6000"),
    ("POS", "Point of Sale", "sale", "4200"),
];

/// Id of a company's account.
pub fn account(company: i64, code: &str) -> i64 {
    place(company, CHART.iter().position(|a| a.0 == code), CHART.len())
}

/// Id of a company's journal.
pub fn journal(company: i64, code: &str) -> i64 {
    place(company, JOURNALS.iter().position(|j| j.0 == code), JOURNALS.len())
}

fn place(company: i64, at: Option<usize>, count: usize) -> i64 {
    let number = |n: usize| i64::try_from(n).unwrap_or(0);
    (company - 1) * number(count) + number(at.unwrap_or(0)) + 1
}

/// A line of an entry in the company's currency.
#[derive(Clone, Copy)]
pub struct Part {
    /// Code of the account.
    pub account: &'static str,
    /// Customer or vendor.
    pub partner: Option<i64>,
    /// Debit above 0, credit below.
    pub balance: i64,
}

/// All entries.
pub struct Books {
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Journals.
    pub journals: Vec<Journal>,
    /// Entries.
    pub entries: Arena<Entry>,
    /// Their items.
    pub items: Arena<Item>,
    /// The receivable or payable item of each invoice and bill.
    pub terms: BTreeMap<i64, i64>,
    numbers: BTreeMap<(i64, &'static str, i32), i64>,
}

impl Books {
    /// Charts and journals, and nothing in them.
    pub fn new() -> Self {
        let (mut accounts, mut journals) = (Vec::new(), Vec::new());
        for company_id in [BERLIN, NEW_YORK] {
            accounts.extend(CHART.iter().map(|(code, name, account_type, reconcile)| Account {
                id: account(company_id, code),
                code,
                name,
                account_type,
                reconcile: *reconcile,
                company_id,
                active: true,
            }));
            journals.extend(JOURNALS.iter().map(|(code, name, kind, default)| Journal {
                id: journal(company_id, code),
                name,
                code,
                r#type: kind,
                default_account_id: account(company_id, default),
                company_id,
                currency_id: books_currency(company_id),
                active: true,
            }));
        }
        Self {
            accounts,
            journals,
            entries: Arena::new(1),
            items: Arena::new(1),
            terms: BTreeMap::new(),
            numbers: BTreeMap::new(),
        }
    }

    /// The next number in a series: `INV/2026/00012`.
    pub fn number(&mut self, company: i64, series: &'static str, day: i64) -> String {
        let year = date(day).year();
        let number = self.numbers.entry((company, series, year)).or_insert(0);
        *number += 1;
        format!("{series}/{year}/{number:05}")
    }

    /// The capital that each company began with.
    pub fn open(&mut self, calendar: &Calendar) {
        for (company, capital) in [(BERLIN, 150_000_000), (NEW_YORK, 90_000_000)] {
            let at = calendar.first * super::calendar::DAY;
            let parts = [
                Part { account: "1000", partner: None, balance: capital / 10 * 9 },
                Part { account: "1600", partner: None, balance: capital / 10 },
                Part { account: "3000", partner: None, balance: -capital },
            ];
            let name = self.number(company, "MISC", calendar.first);
            self.enter((company, "MISC"), (name, "posted"), (calendar.first, at), "Opening", &parts);
        }
    }

    /// Writes an entry in a company's own currency: (company, journal), (number, state), (day, instant).
    pub fn enter(
        &mut self,
        (company, book): (i64, &'static str),
        (name, state): (String, &'static str),
        (day, at): (i64, i64),
        label: &str,
        parts: &[Part],
    ) -> i64 {
        let currency = books_currency(company);
        let total = parts.iter().map(|p| p.balance.max(0)).sum();
        let id = self.entries.push(|id| Entry {
            id,
            name,
            r#ref: Some(label.to_owned()),
            move_type: "entry",
            state,
            date: day,
            invoice_date: None,
            invoice_date_due: None,
            partner_id: parts.iter().find_map(|p| p.partner),
            journal_id: journal(company, book),
            company_id: company,
            currency_id: currency,
            company_currency_id: currency,
            amount_untaxed: total,
            amount_tax: 0,
            amount_total: total,
            amount_residual: 0,
            amount_total_signed: total,
            payment_state: None,
            invoice_user_id: None,
            invoice_origin: None,
            sale_id: None,
            purchase_id: None,
            reversed_entry_id: None,
            create_date: at,
        });
        for part in parts {
            let item = self.item(id, part.account, part.balance, part.balance);
            item.partner_id = part.partner;
            item.name = Some(label.to_owned());
        }
        id
    }

    /// Adds an item to an entry: its balance in the company's currency and its amount in the entry's.
    pub fn item(&mut self, entry: i64, code: &str, balance: i64, amount: i64) -> &mut Item {
        let head = &self.entries[entry];
        let id = self.items.next_id();
        let item = Item {
            id,
            move_id: entry,
            sequence: 10,
            name: None,
            display_type: "entry",
            date: head.date,
            date_maturity: None,
            account_id: account(head.company_id, code),
            journal_id: head.journal_id,
            partner_id: head.partner_id,
            product_id: None,
            quantity: 0,
            price_unit: 0,
            discount: 0,
            price_subtotal: 0,
            debit: balance.max(0),
            credit: (-balance).max(0),
            balance,
            amount_currency: amount,
            amount_residual: 0,
            currency_id: head.currency_id,
            company_currency_id: head.company_currency_id,
            company_id: head.company_id,
            parent_state: head.state,
        };
        self.items.push(|_| item);
        &mut self.items[id]
    }
}

impl World {
    /// Posts an entry in a company's own currency: (company, journal), (day, instant).
    pub fn entry(
        &mut self,
        (company, book): (i64, &'static str),
        (day, at): (i64, i64),
        label: &str,
        parts: &[Part],
    ) {
        let name = self.books.number(company, book, day);
        self.books.enter((company, book), (name, "posted"), (day, at), label, parts);
    }

    /// What a month costs.
    pub fn expenses(&mut self, company: i64, at: i64) {
        let day = Calendar::day_of(super::day::office(company), at);
        let grown = 1000 + (day - self.calendar.first) / 3;
        let parts = self.month_of(grown);
        self.entry((company, "MISC"), (day, at), "Monthly expenses", &parts);
    }

    fn month_of(&mut self, grown: i64) -> [Part; 5] {
        let mut cost = |base: i64| base * grown / 1000 * self.dice.between(970, 1_030) / 1000;
        let amounts = [cost(420_000), cost(2_600_000), cost(95_000), cost(310_000)];
        let [rent, salaries, utilities, marketing] = amounts;
        let of = |account, balance| Part { account, partner: None, balance };
        [
            of("6000", rent),
            of("6100", salaries),
            of("6200", utilities),
            of("6300", marketing),
            of("1000", -amounts.iter().sum::<i64>()),
        ]
    }

    /// Entries that are only drafted, and one thrown away.
    pub fn finish_books(&mut self) {
        for (company, state) in [(BERLIN, "draft"), (NEW_YORK, "draft"), (BERLIN, "cancel")] {
            let parts = self.month_of(2_000);
            let (day, at) = (self.calendar.last, self.calendar.now);
            self.books.enter((company, "MISC"), ("/".to_owned(), state), (day, at), "Accruals", &parts);
        }
    }
}
