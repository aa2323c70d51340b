//! How deep a source nests, before the parser goes as deep.
//!
//! The parser calls itself for each level, and ends the process where its stack ends. Two things keep it from that. A
//! source with more brackets in each other than any program has is refused by [`deepest`], which reads the source much
//! as a lexer does; it can be misled about where a regular expression begins, and so about depth. And the parser runs on
//! a stack of [`stack_for`] bytes, which no source of the same characters can use up, however they are arranged.

/// What the parser takes of its stack for one level that begins with a bracket, in bytes: twice what was measured at
/// most, for any construct, with the releases that `Cargo.lock` names. `typescript::tests` measures it again.
const BRACKET: usize = 6 << 10;

/// The same for a level that begins with an operator: an arrow, a condition, an assignment.
const OPERATOR: usize = 2 << 10;

/// The same for each letter of what could be a keyword, of which `do` and `if` are the shortest that begin a level, and
/// for the operators of arithmetic and the dot, whose levels are small.
const LETTER: usize = 384;

/// What is taken without any level.
const BASE: usize = 1 << 20;

/// A stack that is large enough for every source of these characters. Most of it is never touched, and so never takes
/// memory.
pub(super) fn stack_for(source: &str) -> usize {
    source.bytes().fold(BASE, |sum, byte| {
        sum.saturating_add(match byte {
            b'(' | b'[' | b'{' | b'<' | b'`' => BRACKET,
            b'=' | b'>' | b'?' | b':' | b'@' | b'#' => OPERATOR,
            b')' | b']' | b'}' | b';' | b',' | b'"' | b'\'' | b'\\' | b'0'..=b'9' => 0,
            byte if byte <= b' ' => 0,
            _ => LETTER,
        })
    })
}

/// A bracket that is open.
#[derive(Clone, Copy)]
struct Open {
    /// It is the `${` of a template.
    substitution: bool,
    /// There is a `=` in it, since the last `;`.
    assigned: bool,
}

/// How much of a kind is open at once, at most. Two kinds count apart, because the parser reads on behind each to see
/// what it is, and reads what is in it once more if it was wrong: its time grows with the square of their depth.
#[derive(Clone, Copy, Default)]
pub(super) struct Deepest {
    /// All brackets.
    pub(super) brackets: usize,
    /// `<`, which may open a list of types.
    pub(super) angles: usize,
    /// Brackets with a `=` in them, which may be the parameters of an arrow.
    pub(super) assigned: usize,
}

/// Reads `source` as far as its depth goes.
pub(super) fn deepest(source: &str) -> Deepest {
    let mut scan = Scan {
        bytes: source.as_bytes(),
        at: 0,
        open: Vec::new(),
        angles: 0,
        assigned: 0,
        found: Deepest::default(),
        before: Before::Operator,
    };
    while let Some(&byte) = scan.bytes.get(scan.at) {
        scan.step(byte);
    }
    scan.found
}

/// What came before, as far as it decides what `/` means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Operator,
    Value,
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    angles: usize,
    assigned: usize,
    found: Deepest,
    before: Before,
}

impl Scan<'_> {
    fn step(&mut self, byte: u8) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
            b'"' | b'\'' => self.skip_quoted(byte, false),
            b'/' if self.next_is(b'/') => self.skip_until(b"\n"),
            b'/' if self.next_is(b'*') => {
                self.at += 2;
                self.skip_until(b"*/");
            }
            b'/' if self.before == Before::Operator => self.skip_quoted(b'/', true),
            b'`' => {
                self.at += 1;
                self.skip_template();
            }
            b'(' | b'[' | b'{' => self.push(false),
            b')' | b']' => {
                self.pop();
                self.advance(Before::Value);
            }
            b'}' => {
                self.angles = 0;
                let substitution = self.pop();
                self.advance(Before::Operator);
                if substitution {
                    self.skip_template();
                }
            }
            b'<' => {
                self.angles += 1;
                self.found.angles = self.found.angles.max(self.angles);
                self.advance(Before::Operator);
            }
            b'>' => {
                let arrow = self.at.checked_sub(1).and_then(|at| self.bytes.get(at)) == Some(&b'=');
                if !arrow {
                    self.angles = self.angles.saturating_sub(1);
                }
                self.advance(Before::Operator);
            }
            b'=' if self.is_assignment() => {
                self.assign(true);
                self.advance(Before::Operator);
            }
            b';' => {
                self.angles = 0;
                self.assign(false);
                self.advance(Before::Operator);
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'$' | b'#' | 0x80.. => self.word(),
            _ => self.advance(Before::Operator),
        }
    }

    fn advance(&mut self, before: Before) {
        self.at += 1;
        self.before = before;
    }

    fn push(&mut self, substitution: bool) {
        self.open.push(Open {
            substitution,
            assigned: false,
        });
        self.found.brackets = self.found.brackets.max(self.open.len());
        self.advance(Before::Operator);
    }

    /// Closes what was opened last, and says whether that was in a template.
    fn pop(&mut self) -> bool {
        self.assign(false);
        self.open.pop().is_some_and(|open| open.substitution)
    }

    fn is_assignment(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.bytes.get(at));
        let compares = matches!(before, Some(b'=' | b'!' | b'<' | b'>'));
        !compares && !self.next_is(b'=') && !self.next_is(b'>')
    }

    fn assign(&mut self, assigned: bool) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        match (open.assigned, assigned) {
            (false, true) => self.assigned += 1,
            (true, false) => self.assigned = self.assigned.saturating_sub(1),
            _ => {}
        }
        open.assigned = assigned;
        self.found.assigned = self.found.assigned.max(self.assigned);
    }

    fn next_is(&self, byte: u8) -> bool {
        self.bytes.get(self.at + 1) == Some(&byte)
    }

    fn skip_until(&mut self, end: &[u8]) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = rest.windows(end.len()).position(|window| window == end);
        self.at += found.map_or(rest.len(), |found| found + end.len());
    }

    /// Skips a string or a regular expression. Both end with their line, if nowhere else.
    fn skip_quoted(&mut self, quote: u8, classes: bool) {
        let mut in_class = false;
        self.advance(Before::Value);
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 1,
                b'\n' => break,
                b'[' if classes => in_class = true,
                b']' if classes => in_class = false,
                _ if byte == quote && !in_class => {
                    self.at += 1;
                    break;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Skips the text of a template, up to its end or to what is put in.
    fn skip_template(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 1,
                b'`' => return self.advance(Before::Value),
                b'$' if self.next_is(b'{') => {
                    self.at += 1;
                    return self.push(true);
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn word(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|byte| {
                !matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'$' | b'#' | 0x80..)
            })
            .unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        self.at += end;
        // Behind these a value comes, and not an operator.
        self.before = match word {
            b"return" | b"typeof" | b"case" | b"do" | b"else" | b"in" | b"instanceof" | b"new"
            | b"void" | b"delete" | b"throw" | b"of" | b"yield" | b"await" => Before::Operator,
            _ => Before::Value,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn brackets(source: &str) -> usize {
        deepest(source).brackets
    }

    #[test]
    fn brackets_in_text_are_no_brackets() {
        assert_eq!(brackets("f([{}])"), 3);
        assert_eq!(brackets("'((' + \"[[\" + `{{(` // ((\n/* ((( */"), 0);
        assert_eq!(brackets("a = /[(]\\/((/; b / (c)"), 1);
        assert_eq!(brackets("`${f(`${1}`)}`"), 3);
        assert_eq!(brackets("'\\'((('"), 0);
    }

    #[test]
    fn what_closes_angles_is_no_arrow() {
        assert_eq!(deepest("let a: A<B<C>>; b < c; d < e").angles, 2);
        assert_eq!(deepest("a<(b)=>c<(d)=>e").angles, 2);
    }

    #[test]
    fn brackets_with_assignments_count_while_they_are_open() {
        assert_eq!(deepest("(a=(b=1),c=(d=2))").assigned, 2);
        assert_eq!(deepest("(a==(b=>(c<=(d!=(e)))))").assigned, 0);
        assert_eq!(deepest("{a=1;{b=1;{c=1}}}").assigned, 1);
        assert_eq!(deepest("(a=1)(a=1)").assigned, 1);
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "[(){}\\[\\]<>/`$'\"*\\\\a \n;=é]{0,200}") {
            prop_assert!(brackets(&text) <= text.len());
        }
    }
}
