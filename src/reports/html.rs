//! A print as one HTML file: styled by itself, without scripts, pictures or links; every text is escaped.

use std::fmt::{self, Display, Formatter};

use super::document::{Address, Column, ColumnKind, Document, Print, Section};

const STYLE: &str = include_str!("templates/document.css");

/// Writes the print as a page.
pub fn html(print: &Print) -> String {
    Page(print).to_string()
}

struct Page<'a>(&'a Print);

impl Display for Page<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Print { title, author, lang, documents, .. } = self.0;
        write!(
            f,
            "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"author\" content=\"{}\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
            Text(author),
            Text(title)
        )?;
        for document in documents {
            sheet(f, document, self.0)?;
        }
        f.write_str("</body>\n</html>\n")
    }
}

fn sheet(f: &mut Formatter<'_>, document: &Document, print: &Print) -> fmt::Result {
    f.write_str("<article>\n")?;
    letterhead(f, document, print)?;
    write!(f, "<div class=\"title\"><h1>{}", Text(&document.title))?;
    if !document.number.is_empty() {
        write!(f, " <span>{}</span>", Text(&document.number))?;
    }
    f.write_str("</h1>")?;
    if let Some(stamp) = &document.stamp {
        write!(f, "<p class=\"stamp\">{}</p>", Text(stamp))?;
    }
    f.write_str("</div>\n")?;
    if !document.facts.is_empty() {
        f.write_str("<dl class=\"facts\">\n")?;
        for fact in &document.facts {
            writeln!(f, "<div><dt>{}</dt><dd>{}</dd></div>", Text(fact.label), Text(&fact.value))?;
        }
        f.write_str("</dl>\n")?;
    }
    table(f, &document.columns, &document.sections)?;
    if !document.totals.is_empty() {
        f.write_str("<table class=\"totals\">\n")?;
        for total in &document.totals {
            let class = if total.strong { " class=\"strong\"" } else { "" };
            writeln!(
                f,
                "<tr{class}><th scope=\"row\">{}</th><td>{}</td></tr>",
                Text(&total.label),
                Text(&total.value)
            )?;
        }
        f.write_str("</table>\n")?;
    }
    if !document.notes.is_empty() {
        writeln!(f, "<div class=\"notes\">{}</div>", Text(&document.notes.join("\n")))?;
    }
    if !document.signatures.is_empty() {
        f.write_str("<div class=\"signatures\">")?;
        for label in &document.signatures {
            write!(f, "<p>{}</p>", Text(label))?;
        }
        f.write_str("</div>\n")?;
    }
    let foot = [document.company.name.as_str()]
        .into_iter()
        .chain(document.company.contact.iter().map(String::as_str));
    f.write_str("<footer><p>")?;
    joined(f, foot.filter(|part| !part.is_empty()))?;
    writeln!(f, "</p><p>{} {}</p></footer>\n</article>", Text(print.words.printed), Text(&print.printed))
}

fn letterhead(f: &mut Formatter<'_>, document: &Document, print: &Print) -> fmt::Result {
    let company = &document.company;
    writeln!(f, "<header><p class=\"company\">{}</p>\n<div class=\"contact\">", Text(&company.name))?;
    for line in company.address.iter().chain(&company.contact) {
        writeln!(f, "<p>{}</p>", Text(line))?;
    }
    if let Some(vat) = &company.vat {
        writeln!(f, "<p>{} {}</p>", Text(print.words.tax_id), Text(vat))?;
    }
    f.write_str("</div></header>\n")?;
    let Some(Address { label, name, lines, vat }) = &document.party else { return Ok(()) };
    writeln!(f, "<address><p class=\"label\">{}</p>\n<p class=\"name\">{}</p>", Text(label), Text(name))?;
    for line in lines {
        writeln!(f, "<p>{}</p>", Text(line))?;
    }
    if let Some(vat) = vat {
        writeln!(f, "<p>{} {}</p>", Text(print.words.tax_id), Text(vat))?;
    }
    f.write_str("</address>\n")
}

fn table(f: &mut Formatter<'_>, columns: &[Column], sections: &[Section]) -> fmt::Result {
    if columns.is_empty() {
        return Ok(());
    }
    f.write_str("<table class=\"lines\">\n<thead><tr>")?;
    for column in columns {
        write!(f, "<th scope=\"col\"{}>{}</th>", class(*column), Text(column.label))?;
    }
    f.write_str("</tr></thead>\n")?;
    for section in sections {
        f.write_str("<tbody>\n")?;
        if let Some(title) = &section.title {
            writeln!(
                f,
                "<tr class=\"section\"><th scope=\"rowgroup\" colspan=\"{}\">{}</th></tr>",
                columns.len(),
                Text(title)
            )?;
        }
        for cells in &section.rows {
            row(f, columns, cells, "")?;
        }
        if !section.sums.is_empty() {
            row(f, columns, &section.sums, " class=\"sums\"")?;
        }
        f.write_str("</tbody>\n")?;
    }
    f.write_str("</table>\n")
}

fn row(f: &mut Formatter<'_>, columns: &[Column], cells: &[String], attributes: &str) -> fmt::Result {
    write!(f, "<tr{attributes}>")?;
    for (column, cell) in columns.iter().zip(cells) {
        write!(f, "<td{}>{}</td>", class(*column), Text(cell))?;
    }
    f.write_str("</tr>\n")
}

const fn class(column: Column) -> &'static str {
    match column.kind {
        ColumnKind::Text => "",
        ColumnKind::Word => " class=\"word\"",
        ColumnKind::Number => " class=\"number\"",
    }
}

fn joined<'a>(f: &mut Formatter<'_>, parts: impl Iterator<Item = &'a str>) -> fmt::Result {
    for (at, part) in parts.enumerate() {
        write!(f, "{}{}", if at > 0 { " · " } else { "" }, Text(part))?;
    }
    Ok(())
}

/// Text, in which nothing is markup: neither between tags nor in an attribute's double quotes.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (before, from) = rest.split_at(at);
            f.write_str(before)?;
            let mut chars = from.chars();
            f.write_str(match chars.next() {
                Some('&') => "&amp;",
                Some('<') => "&lt;",
                Some('>') => "&gt;",
                Some('"') => "&quot;",
                _ => "&#39;",
            })?;
            rest = chars.as_str();
        }
        f.write_str(rest)
    }
}
