//! A printed document as data: text that is ready to be set, and nothing that could be mistaken for markup.

use serde::Serialize;

/// Documents that are printed together, each beginning on a page of its own.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Print {
    /// Title of the file, for example `Invoice INV/2026/00012`.
    pub title: String,
    /// Who issues it: the company.
    pub author: String,
    /// BCP 47 tag of its language.
    pub lang: &'static str,
    /// Words that the layout itself says.
    pub words: Layout,
    /// On which day it was printed.
    pub printed: String,
    /// The documents.
    pub documents: Vec<Document>,
    /// What was left out, and why: for whoever asked, not for the paper.
    #[serde(skip)]
    pub notes: Vec<String>,
    /// Records that were printed.
    #[serde(skip)]
    pub rows: u32,
}

impl Print {
    /// What its file is called before the dot, in letters that every file system takes:
    /// `Sales-Order-S00003-and-2-more`.
    pub fn stem(&self) -> String {
        let Some(first) = self.documents.first() else { return "report".to_owned() };
        let mut stem = format!("{} {}", first.title, first.number).trim().to_owned();
        if self.documents.len() > 1 {
            stem = format!("{stem} and {} more", self.documents.len() - 1);
        }
        let mut plain = String::with_capacity(stem.len());
        for c in stem.chars() {
            match c {
                // The letters of our own titles.
                'ä' => plain.push_str("ae"),
                'é' | 'É' => plain.push('e'),
                c if c.is_ascii_alphanumeric() || c == '_' || c == '.' => plain.push(c),
                _ if plain.ends_with('-') => {}
                _ => plain.push('-'),
            }
        }
        plain
    }
}

/// Words that the layout itself says.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Layout {
    /// `Page`
    pub page: &'static str,
    /// `of`
    pub of: &'static str,
    /// `Printed`
    pub printed: &'static str,
    /// `Tax ID`
    pub tax_id: &'static str,
}

/// One document.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct Document {
    /// What it is, for example `Invoice`.
    pub title: String,
    /// Its number, or empty.
    pub number: String,
    /// What is remarkable about its state: draft, cancelled, paid.
    pub stamp: Option<String>,
    /// Who issues it.
    pub company: Letterhead,
    /// Whom it is for.
    pub party: Option<Address>,
    /// Dates, references, terms.
    pub facts: Vec<Fact>,
    /// The columns of its table.
    pub columns: Vec<Column>,
    /// The rows, in sections where there are several.
    pub sections: Vec<Section>,
    /// What it adds up to.
    pub totals: Vec<Total>,
    /// Terms and conditions, line by line.
    pub notes: Vec<String>,
    /// What is to be filled in by hand.
    pub signatures: Vec<&'static str>,
}

/// Who issues a document.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct Letterhead {
    /// Name of the company.
    pub name: String,
    /// Its address, line by line.
    pub address: Vec<String>,
    /// Telephone, email.
    pub contact: Vec<String>,
    /// Tax ID.
    pub vat: Option<String>,
}

/// Whom a document is for.
#[derive(Clone, Debug, Default, Serialize, PartialEq, Eq)]
pub struct Address {
    /// In which part, for example `Customer`.
    pub label: &'static str,
    /// Name.
    pub name: String,
    /// Address, line by line.
    pub lines: Vec<String>,
    /// Tax ID.
    pub vat: Option<String>,
}

/// A value with its label.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// What it says.
    pub value: String,
}

/// A column.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
pub struct Column {
    /// Its head.
    pub label: &'static str,
    /// What stands in it.
    pub kind: ColumnKind,
}

/// What stands in a column, which says how it is set.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Text of any length: it takes the room that is left.
    Text,
    /// A word or two.
    Word,
    /// Figures, one below the other.
    Number,
}

/// Rows that belong together.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Section {
    /// What they have in common, where there are several sections.
    pub title: Option<String>,
    /// The rows: a text for each column.
    pub rows: Vec<Vec<String>>,
    /// What the section adds up to: a text for each column; empty where nothing does.
    pub sums: Vec<String>,
}

/// A line of what a document adds up to.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Total {
    /// What it is.
    pub label: String,
    /// How much.
    pub value: String,
    /// The one that counts.
    pub strong: bool,
}
