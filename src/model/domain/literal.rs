//! A domain written as text: JSON, or a Python literal with tuples, single quotes, True, False, None.
//! Nothing is evaluated. Python's rules are read generously, so JSON without objects is a part of them.

use serde_json::Value;

use super::MAX_DEPTH;
use super::number;
use crate::model::Complaint;

/// Longest text, in bytes.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// Deepest brackets: each `any` needs two, and a list of values one more.
const MAX_NESTING: usize = 2 * MAX_DEPTH + 4;
const EXAMPLE: &str = r#"[["state","=","sale"],["amount_total",">",100]]"#;
const DATED: &str = r#"[["date_order",">=","2026-01-01"]]"#;

/// Reads the text. Empty text is null.
pub(super) fn read(text: &str) -> Result<Value, Complaint> {
    if text.len() > MAX_BYTES {
        return Err(Complaint::new(format!(
            "the domain is a text of {} bytes; at most {MAX_BYTES} are read. Send it as a JSON array, or narrow it",
            text.len()
        )));
    }
    let mut reader = Reader { text, at: 0 };
    reader.skip_space();
    if reader.peek().is_none() {
        return Ok(Value::Null);
    }
    let value = reader.value(0)?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(value),
        Some(',') => Err(reader.complain("several terms stand side by side; put them in one list")),
        Some(c) => Err(reader.unexpected(c, "the end")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = rest.get(..rest.find(|c| !wanted(c)).unwrap_or(rest.len())).unwrap_or_default();
        self.at += taken.len();
        taken
    }

    fn value(&mut self, nesting: usize) -> Result<Value, Complaint> {
        if nesting > MAX_NESTING {
            return Err(self.complain(&format!("brackets are nested deeper than {MAX_NESTING}")));
        }
        self.skip_space();
        match self.peek() {
            Some('[') => self.sequence(']', nesting),
            Some('(') => self.sequence(')', nesting),
            Some('"' | '\'') => self.string(false),
            Some(c) if c.is_ascii_digit() || matches!(c, '-' | '+' | '.') => self.number(),
            Some(c) if c.is_alphabetic() || c == '_' => self.word(),
            Some('{') => Err(self.complain("a domain is made of lists, not of objects")),
            Some(c @ ('&' | '|' | '!')) => Err(self.complain(&format!("put quotes around {c}: \"{c}\""))),
            Some(c) => Err(self.unexpected(c, "a value")),
            None => Err(self.complain("it ends where a value should stand")),
        }
    }

    /// A list, a tuple, or one value in parentheses.
    fn sequence(&mut self, close: char, nesting: usize) -> Result<Value, Complaint> {
        let opened = self.at;
        self.next();
        let mut items = Vec::new();
        let mut commas = 0_usize;
        loop {
            self.skip_space();
            if self.peek() == Some(close) {
                self.next();
                break;
            }
            items.push(self.value(nesting + 1)?);
            self.skip_space();
            match self.peek() {
                Some(',') => {
                    self.next();
                    commas += 1;
                }
                Some(c) if c == close => {}
                Some(c) => return Err(self.unexpected(c, &format!("a comma or {close}"))),
                None => {
                    self.at = opened;
                    return Err(self.complain(&format!("this bracket is never closed with {close}")));
                }
            }
        }
        // In Python `("a")` is "a"; only a comma makes a tuple.
        match (close, commas, items.pop()) {
            (')', 0, Some(only)) => Ok(only),
            (_, _, Some(last)) => {
                items.push(last);
                Ok(Value::Array(items))
            }
            (_, _, None) => Ok(Value::Array(items)),
        }
    }

    fn word(&mut self) -> Result<Value, Complaint> {
        let start = self.at;
        let word = self.take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
        match (word, self.peek()) {
            ("u" | "U", Some('"' | '\'')) => return self.string(false),
            ("r" | "R", Some('"' | '\'')) => return self.string(true),
            ("True" | "true" | "TRUE", _) => return Ok(Value::Bool(true)),
            ("False" | "false" | "FALSE", _) => return Ok(Value::Bool(false)),
            ("None" | "null" | "NULL", _) => return Ok(Value::Null),
            _ => {}
        }
        self.skip_space();
        let is_call = self.peek() == Some('(');
        self.at = start;
        Err(if is_call || word.contains('.') {
            let call = if is_call { "()" } else { "" };
            self.complain(&format!(
                "`{word}{call}` is code, and a domain is not evaluated; write the value itself"
            ))
            .example(DATED)
        } else {
            self.complain(&format!(
                "`{word}` stands without quotes and is not evaluated; put text in quotes, or write the value itself"
            ))
        })
    }

    fn number(&mut self) -> Result<Value, Complaint> {
        let start = self.at;
        let mut before = ' ';
        let mut written = String::new();
        while let Some(c) = self.peek() {
            let sign = matches!(c, '-' | '+') && (written.is_empty() || matches!(before, 'e' | 'E'));
            if !(sign || c.is_alphanumeric() || matches!(c, '.' | '_')) {
                break;
            }
            before = c;
            written.push(c);
            self.next();
        }
        let text = written.strip_prefix('+').unwrap_or(&written).replace('_', "");
        let unsigned = text.strip_prefix('-').unwrap_or(&text);
        let octal = unsigned.starts_with('0') && unsigned.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
        let plain = number::plain(&text).filter(|_| !octal);
        plain.and_then(|plain| number::exact(&plain)).map(Value::Number).ok_or_else(|| {
            self.at = start;
            self.complain(&format!(
                "`{written}` is no number that can be kept exactly; put codes and dates in quotes"
            ))
        })
    }

    fn string(&mut self, raw: bool) -> Result<Value, Complaint> {
        let opened = self.at;
        let quote = self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                c if c == quote && c.is_some() => return Ok(Value::String(text)),
                Some('\\') if raw => {
                    text.push('\\');
                    text.extend(self.next());
                }
                Some('\\') => self.escape(&mut text)?,
                Some(c) => text.push(c),
                None => {
                    self.at = opened;
                    return Err(self.complain("this quotation mark is never closed"));
                }
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Complaint> {
        let Some(c) = self.next() else { return Ok(()) };
        match c {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            '\\' | '/' | '"' | '\'' => text.push(c),
            '\n' => {}
            'x' => text.push(self.code_point(2)?),
            'u' => text.push(self.code_point(4)?),
            'U' => text.push(self.code_point(8)?),
            // Python keeps the backslash of an escape it does not know, and patterns like `100\%` rely on that.
            other => text.extend(['\\', other]),
        }
        Ok(())
    }

    fn code_point(&mut self, digits: usize) -> Result<char, Complaint> {
        let first = self.hex(digits)?;
        // JSON writes characters beyond the first 65,536 as two halves.
        let code = if digits == 4 && (0xD800..0xDC00).contains(&first) && self.rest().starts_with("\\u") {
            self.at += 2;
            match self.hex(4)? {
                second @ 0xDC00..0xE000 => 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00),
                _ => first,
            }
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.complain("this escape names no character"))
    }

    fn hex(&mut self, digits: usize) -> Result<u32, Complaint> {
        let hex = self.rest().get(..digits).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let code =
            code.ok_or_else(|| self.complain(&format!("this escape needs {digits} hexadecimal digits")))?;
        self.at += digits;
        Ok(code)
    }

    fn unexpected(&self, found: char, wanted: &str) -> Complaint {
        if matches!(found, '+' | '-' | '*' | '/' | '%') {
            return self
                .complain("arithmetic is not evaluated; write the value itself, a date in quotes")
                .example(DATED);
        }
        self.complain(&format!("`{found}` stands where {wanted} should"))
    }

    /// Names the place: the character's number and what stands there.
    fn complain(&self, problem: &str) -> Complaint {
        let number = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        let there: String = self.rest().chars().take(40).collect();
        let place = if there.is_empty() {
            "at its end".to_owned()
        } else {
            format!("at character {number}, `{there}`")
        };
        Complaint::new(format!("the domain's text can't be read {place}: {problem}")).example(EXAMPLE)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_and_python_say_the_same() {
        for (text, value) in [
            (r#"["|", ["a", "=", "x"], ["b", "in", [1, -2.5, true, null]]]"#, None),
            (r#"['|', ('a', '=', "x"), ('b', 'in', (1, -2.5, True, None,)),]"#, None),
            ("( '|', [u'a', '=', 'x'], ('b', 'in', [+1, -2.50, TRUE, NULL]) )", None),
            ("('a')", Some(json!("a"))),
            ("('a',)", Some(json!(["a"]))),
            ("()", Some(json!([]))),
            ("[1_000, .5, 5., 1e3]", Some(json!([1000, 0.5, 5, 1000]))),
            (
                r#"["\u00e9\ud83d\ude00\x41\n\/\"", 'it\'s', r'\d', '100\%']"#,
                Some(json!(["é😀A\n/\"", "it's", "\\d", "100\\%"])),
            ),
        ] {
            let expected =
                value.unwrap_or_else(|| json!(["|", ["a", "=", "x"], ["b", "in", [1, -2.5, true, null]]]));
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn code_is_named_and_a_literal_date_shown() {
        for (text, named) in [
            ("[('date', '>=', context_today())]", "`context_today()` is code"),
            ("[('date', '>=', datetime.now() - timedelta(days=30))]", "`datetime.now()` is code"),
            ("[('date', '>=', (datetime.datetime.now ()))]", "`datetime.datetime.now()` is code"),
            ("[('user_id', '=', user.id)]", "`user.id` is code"),
            ("[('amount', '>', 10 * 5)]", "arithmetic is not evaluated"),
            ("[('date', '>=', 2026-01-01)]", "a date in quotes"),
        ] {
            let complaint = read(text).unwrap_err().to_string();
            assert!(complaint.contains(named) && complaint.contains("2026-01-01\"]]"), "{text}: {complaint}");
        }
        assert!(read("[('user_id','=',uid)]").unwrap_err().problem.contains("`uid` stands without quotes"));
    }

    #[test]
    fn every_slip_is_placed() {
        for (text, said) in [
            ("[('a','=',1)", "at character 1, `[('a','=',1)`: this bracket is never closed with ]"),
            ("[('é','=','x]", "at character 11, `'x]`: this quotation mark is never closed"),
            ("[('a','=',1]]", "`]` stands where a comma or ) should"),
            ("[,]", "`,` stands where a value should"),
            ("[('a','=',1),", "at its end: it ends where a value should stand"),
            ("('a','=',1),('b','=',2)", "put them in one list"),
            ("[] []", "`[` stands where the end should"),
            ("{'a': 1}", "not of objects"),
            ("[&, ('a','=',1)]", "put quotes around &"),
            ("[('a','=',007)]", "`007` is no number"),
            ("[('a','=',0.1234567890123456789)]", "can be kept exactly"),
            ("[('a','=',0x1F)]", "`0x1F` is no number"),
            (r"['\ud83d']", "names no character"),
            (r"['\u+041']", "needs 4 hexadecimal digits"),
        ] {
            let complaint = read(text).unwrap_err().to_string();
            assert!(complaint.contains(said), "{text}: {complaint}");
        }
    }

    #[test]
    fn length_is_bounded() {
        let fits = format!("['{}']", "x".repeat(MAX_BYTES - 4));
        assert!(read(&fits).is_ok());
        assert!(read(&format!("{fits} ")).unwrap_err().problem.contains("65537 bytes"));
    }
}
