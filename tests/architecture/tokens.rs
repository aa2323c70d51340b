//! What stands in the tokens of a macro: they are no syntax until the macro
//! has run, but a path in them is a path, and reads the same.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};
use syn::ext::IdentExt;

use crate::tree::{What, Written};

/// Something in a stream of tokens.
#[derive(Debug)]
pub(crate) enum Found {
    /// Something at a line.
    At(usize, What),
    /// `use path as name`.
    Alias(String, Written),
    /// A text literal at a line.
    Text(usize, String),
}

/// Everything in `stream`, groups within groups included.
pub(crate) fn find(stream: TokenStream) -> Vec<Found> {
    let mut found = Vec::new();
    Reader::new(stream).read(&mut found);
    found
}

/// Whether `word` stands anywhere in `stream`, as a word of code.
pub(crate) fn holds_word(stream: TokenStream, word: &str) -> bool {
    stream.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => holds_word(group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

struct Reader {
    tokens: Vec<TokenTree>,
    at: usize,
    /// Between `use` and `;`.
    importing: bool,
}

impl Reader {
    fn new(stream: TokenStream) -> Self {
        Self {
            tokens: stream.into_iter().collect(),
            at: 0,
            importing: false,
        }
    }

    fn read(mut self, found: &mut Vec<Found>) {
        while let Some(token) = self.tokens.get(self.at).cloned() {
            match token {
                TokenTree::Group(group) => {
                    self.at += 1;
                    if self.importing && group.delimiter() == Delimiter::Brace {
                        branches(&group, &Written::relative(Vec::new()), found);
                    } else {
                        Self::new(group.stream()).read(found);
                    }
                }
                TokenTree::Literal(literal) => {
                    self.at += 1;
                    text(&literal, found);
                }
                TokenTree::Ident(ident) => self.word(&ident, found),
                TokenTree::Punct(_)
                    if self.colons(self.at) && self.ident(self.at + 2).is_some() =>
                {
                    self.at += 2;
                    self.path(true, Vec::new(), found);
                }
                TokenTree::Punct(punct) => {
                    if punct.as_char() == '$' {
                        self.variable(found);
                    } else {
                        self.importing &= punct.as_char() != ';';
                        self.at += 1;
                    }
                }
            }
        }
    }

    fn word(&mut self, ident: &Ident, found: &mut Vec<Found>) {
        if ident == "use" {
            self.importing = true;
            self.at += 1;
        } else if self.after_dot() {
            if self.called(self.at + 1) {
                found.push(Found::At(line(ident), What::Method(plain(ident))));
            }
            self.at += 1;
        } else {
            self.path(false, Vec::new(), found);
        }
    }

    /// A path from the word at the present place on, after `parts`.
    fn path(&mut self, absolute: bool, mut parts: Vec<String>, found: &mut Vec<Found>) {
        let mut at_line = 1;
        while let Some(ident) = self.ident(self.at) {
            at_line = line(&ident);
            parts.push(plain(&ident));
            self.at += 1;
            if !self.colons(self.at) {
                break;
            }
            self.at += 2;
        }
        let written = Written { absolute, parts };
        if self.called_as_macro(self.at) {
            found.push(Found::At(at_line, What::Macro(written)));
            return;
        }
        // Only after `::` does one of these continue the path.
        if self.colons(self.at.wrapping_sub(2)) {
            match self.tokens.get(self.at) {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    branches(&group.clone(), &written, found);
                    self.at += 1;
                    return;
                }
                Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => {
                    found.push(Found::At(at_line, What::Glob(written)));
                    self.at += 1;
                    return;
                }
                Some(TokenTree::Punct(punct)) if punct.as_char() == '$' => {
                    found.push(Found::At(at_line, What::Completed(written)));
                    return;
                }
                _ => {}
            }
        }
        if self.importing {
            self.import(&written, found);
            found.push(Found::At(at_line, What::Import(written)));
        } else {
            found.push(Found::At(at_line, What::Path(written)));
        }
    }

    /// The name that an import gives to `target`.
    fn import(&mut self, target: &Written, found: &mut Vec<Found>) {
        let renamed = self.ident(self.at).is_some_and(|word| word == "as");
        if renamed && let Some(name) = self.ident(self.at + 1) {
            self.at += 2;
            found.push(Found::Alias(plain(&name), target.clone()));
        } else if let Some(name) = target.parts.last() {
            found.push(Found::Alias(name.clone(), target.clone()));
        }
    }

    /// `$crate::…`, a variable of the macro, or a repetition.
    fn variable(&mut self, found: &mut Vec<Found>) {
        self.at += 1;
        let Some(ident) = self.ident(self.at) else {
            return;
        };
        if ident == "crate" {
            return self.path(false, Vec::new(), found);
        }
        self.at += 1;
        let mut steps = 0;
        while self.colons(self.at) {
            steps += 1;
            self.at += 2;
            if matches!(self.tokens.get(self.at), Some(TokenTree::Punct(punct)) if punct.as_char() == '$')
            {
                self.at += 1;
            }
            if self.ident(self.at).is_some() {
                self.at += 1;
            }
        }
        // `$kind::Name` is how macros speak of a type; a module and something
        // in it, both given from outside, is how one would hide `std::fs`.
        if steps > 1 {
            found.push(Found::At(
                line(&ident),
                What::Hidden("a path that begins with a variable of a macro"),
            ));
        }
    }

    fn ident(&self, at: usize) -> Option<Ident> {
        match self.tokens.get(at) {
            Some(TokenTree::Ident(ident)) => Some(ident.clone()),
            _ => None,
        }
    }

    fn punct(&self, at: usize, wanted: char) -> bool {
        matches!(self.tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
    }

    fn colons(&self, at: usize) -> bool {
        self.punct(at, ':') && self.punct(at.wrapping_add(1), ':')
    }

    /// A single dot before the present place, and no range.
    fn after_dot(&self) -> bool {
        self.punct(self.at.wrapping_sub(1), '.') && !self.punct(self.at.wrapping_sub(2), '.')
    }

    fn called(&self, at: usize) -> bool {
        self.colons(at)
            || matches!(self.tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
    }

    fn called_as_macro(&self, at: usize) -> bool {
        self.punct(at, '!') && matches!(self.tokens.get(at + 1), Some(TokenTree::Group(_)))
    }
}

/// What `prefix::{…}` imports.
fn branches(group: &Group, prefix: &Written, found: &mut Vec<Found>) {
    let mut reader = Reader::new(group.stream());
    reader.importing = true;
    while let Some(token) = reader.tokens.get(reader.at).cloned() {
        match token {
            TokenTree::Ident(ident) if ident == "self" => {
                reader.at += 1;
                reader.import(prefix, found);
                found.push(Found::At(line(&ident), What::Import(prefix.clone())));
            }
            TokenTree::Punct(_) if prefix.parts.is_empty() && reader.colons(reader.at) => {
                reader.at += 2;
                reader.path(true, Vec::new(), found);
            }
            TokenTree::Ident(_) => reader.path(prefix.absolute, prefix.parts.clone(), found),
            TokenTree::Punct(punct) if punct.as_char() == '*' => {
                reader.at += 1;
                found.push(Found::At(
                    punct.span().start().line,
                    What::Glob(prefix.clone()),
                ));
            }
            TokenTree::Punct(punct) if punct.as_char() == '$' => {
                reader.at += 2;
                found.push(Found::At(
                    punct.span().start().line,
                    What::Completed(prefix.clone()),
                ));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) | TokenTree::Group(_) => reader.at += 1,
        }
    }
}

fn text(literal: &Literal, found: &mut Vec<Found>) {
    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
        found.push(Found::Text(literal.span().start().line, text.value()));
    }
}

fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

fn line(ident: &Ident) -> usize {
    ident.span().start().line
}
