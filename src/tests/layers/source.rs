//! What a source file mentions, read from its tokens: comments and documentation don't count, macros do.

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, LexError, Spacing, Span, TokenStream, TokenTree};

/// Something that a rule is about.
#[derive(Debug, PartialEq, Eq)]
pub struct Mention {
    /// Line in the file, from 1.
    pub line: usize,
    pub what: What,
    /// Stands in a test.
    pub in_test: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum What {
    /// x of `crate::x`, or of `super::x` where that leads to the crate's root; `*` for all of it.
    Module(String),
    /// A string that begins as an SQL statement does: its first word.
    Sql(String),
    /// A reading of the environment.
    Environment,
}

/// The mentions in a file, in order. The path is relative to `src`, as in `store/db.rs`.
pub fn mentions(path: &str, text: &str) -> Result<Vec<Mention>, LexError> {
    let parts: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    let in_test = parts.iter().any(|part| ["tests", "testing"].contains(part));
    let depth = parts.iter().filter(|part| !["mod", "lib", "main"].contains(part)).count();
    let mut scan = Scan(Vec::new());
    scan.walk(text.parse()?, depth, in_test);
    Ok(scan.0)
}

type Tokens = Peekable<IntoIter>;

struct Scan(Vec<Mention>);

impl Scan {
    fn found(&mut self, span: Span, what: What, in_test: bool) {
        self.0.push(Mention { line: span.start().line, what, in_test });
    }

    /// `depth` is the number of modules around the tokens, so that `super` can be followed.
    fn walk(&mut self, tokens: TokenStream, depth: usize, in_test: bool) {
        let mut tokens = tokens.into_iter().peekable();
        let mut item_is_test = in_test;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == '#' => {
                    item_is_test |= self.attribute(&mut tokens, in_test);
                }
                TokenTree::Punct(sign) if sign.as_char() == ';' => item_is_test = in_test,
                TokenTree::Ident(word) if word == "mod" => {
                    tokens.next();
                    if let Some(TokenTree::Group(body)) = tokens.next_if(|t| matches!(t, TokenTree::Group(_)))
                    {
                        self.walk(body.stream(), depth + 1, item_is_test);
                    }
                    item_is_test = in_test;
                }
                TokenTree::Ident(word) if word == "crate" => self.follow(&mut tokens, 0, item_is_test),
                TokenTree::Ident(word) if word == "super" => {
                    self.follow(&mut tokens, depth.saturating_sub(1), item_is_test);
                }
                TokenTree::Ident(word) if word == "env" => self.environment(&mut tokens, item_is_test),
                TokenTree::Group(group) => {
                    self.walk(group.stream(), depth, item_is_test);
                    if group.delimiter() == Delimiter::Brace {
                        item_is_test = in_test;
                    }
                }
                TokenTree::Literal(literal) => {
                    if let Some(word) = statement(&literal.to_string()) {
                        self.found(literal.span(), What::Sql(word.to_owned()), item_is_test);
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads the attribute behind a `#`: clap's `env` reads the environment. True if it is for tests alone.
    fn attribute(&mut self, tokens: &mut Tokens, in_test: bool) -> bool {
        tokens.next_if(|t| matches!(t, TokenTree::Punct(sign) if sign.as_char() == '!'));
        let Some(TokenTree::Group(group)) = tokens.next_if(|t| matches!(t, TokenTree::Group(_))) else {
            return false;
        };
        let words: Vec<String> = words(group.stream());
        let has = |wanted: &str| words.iter().any(|word| word == wanted);
        if words.first().is_some_and(|word| word == "arg") && has("env") {
            self.found(group.span(), What::Environment, in_test);
        }
        words.first().is_some_and(|word| word == "cfg") && has("test") && !has("not")
    }

    /// Goes on behind a path that leads to a module `above` levels under the crate's root.
    fn follow(&mut self, tokens: &mut Tokens, above: usize, in_test: bool) {
        if !colons(tokens) {
            return;
        }
        match tokens.next() {
            Some(TokenTree::Group(group)) => {
                let mut entries = group.stream().into_iter().peekable();
                while entries.peek().is_some() {
                    self.step(entries.next(), &mut entries, above, in_test);
                    while entries.next_if(|t| !is_comma(t)).is_some() {}
                    entries.next();
                }
            }
            token => self.step(token, tokens, above, in_test),
        }
    }

    fn step(&mut self, token: Option<TokenTree>, rest: &mut Tokens, above: usize, in_test: bool) {
        match token {
            Some(TokenTree::Ident(word)) if word == "super" => {
                self.follow(rest, above.saturating_sub(1), in_test);
            }
            Some(TokenTree::Ident(word)) if above == 0 => {
                self.found(word.span(), What::Module(word.to_string()), in_test);
            }
            Some(TokenTree::Punct(sign)) if above == 0 && sign.as_char() == '*' => {
                self.found(sign.span(), What::Module("*".into()), in_test);
            }
            _ => {}
        }
    }

    fn environment(&mut self, tokens: &mut Tokens, in_test: bool) {
        if !colons(tokens) {
            return;
        }
        let Some(token) = tokens.next() else { return };
        let span = token.span();
        let read = words(token.into());
        if read.iter().any(|word| ["var", "var_os", "vars", "vars_os"].contains(&word.as_str())) {
            self.found(span, What::Environment, in_test);
        }
    }
}

/// Takes `::`, if that is next.
fn colons(tokens: &mut Tokens) -> bool {
    let joint = |t: &TokenTree| matches!(t, TokenTree::Punct(sign) if sign.as_char() == ':' && sign.spacing() == Spacing::Joint);
    tokens.next_if(joint).is_some() && tokens.next().is_some()
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',')
}

/// All words, those in groups included.
fn words(tokens: TokenStream) -> Vec<String> {
    let of = |token| match token {
        TokenTree::Ident(word) => vec![word.to_string()],
        TokenTree::Group(group) => words(group.stream()),
        _ => Vec::new(),
    };
    tokens.into_iter().flat_map(of).collect()
}

/// The first word of a string that begins as an SQL statement does; HTTP's DELETE alone is none.
fn statement(literal: &str) -> Option<&str> {
    let (prefix, text) = literal.split_once('"')?;
    if !prefix.chars().all(|c| "rbc#".contains(c)) {
        return None;
    }
    let text = text.trim_start_matches([' ', '\n', '\t', '\\', 'n']);
    let mut words = text.split_whitespace();
    let (first, second) = (words.next()?, words.next()?);
    let is_statement = match first {
        "SELECT" | "UPDATE" | "WITH" | "CREATE" | "ALTER" | "DROP" => true,
        "INSERT" => ["INTO", "OR"].contains(&second),
        "DELETE" => second == "FROM",
        _ => false,
    };
    is_statement.then_some(first)
}
