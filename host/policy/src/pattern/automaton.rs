//! A bit-parallel automaton: all places in the pattern that could have been reached, in one set.

use super::token::Token;
use crate::bounds::LONGEST_PATTERN;

/// Words of the widest set of places: one place per token, and the end.
const WIDEST: usize = LONGEST_PATTERN / 64 + 1;

/// A bit-parallel automaton without backtracking. A set of places in the pattern is a row of words;
/// the place before token `n` is bit `n`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Automaton {
    /// Words in use.
    width: usize,
    /// Which class a byte falls into: bytes that the pattern does not name share class 0.
    class: Box<[u16; 256]>,
    /// Per class, `width` words: places whose token takes such a byte and is then done.
    step: Box<[u64]>,
    /// Places whose token takes any byte and stays.
    stay: Box<[u64]>,
    /// Places whose token takes any byte but `/` and stays.
    stay_in_segment: Box<[u64]>,
    /// The place after the last token.
    end: usize,
}

impl Automaton {
    pub(super) fn new(tokens: &[Token]) -> Self {
        let width = tokens.len() / 64 + 1;
        let class = classes(tokens);
        let classes = usize::from(class.iter().copied().max().unwrap_or(0)) + 1;
        let mut automaton = Self {
            width,
            class,
            step: vec![0; classes * width].into(),
            stay: vec![0; width].into(),
            stay_in_segment: vec![0; width].into(),
            end: tokens.len(),
        };
        for (place, token) in tokens.iter().enumerate() {
            automaton.install(place, *token, classes);
        }
        automaton
    }

    fn install(&mut self, place: usize, token: Token, classes: usize) {
        match token {
            Token::Run => insert(&mut self.stay, place),
            Token::Segment => insert(&mut self.stay_in_segment, place),
            Token::Literal(byte) => {
                let class = self.class_of(byte);
                self.install_step(place, class);
            }
            Token::One => {
                let slash = self.class_of(b'/');
                for class in (0..classes).filter(|class| *class != slash) {
                    self.install_step(place, class);
                }
            }
        }
    }

    fn install_step(&mut self, place: usize, class: usize) {
        if let Some(words) = self.step.get_mut(class * self.width..) {
            insert(words, place);
        }
    }

    fn class_of(&self, byte: u8) -> usize {
        usize::from(self.class.get(usize::from(byte)).copied().unwrap_or(0))
    }

    pub(super) fn matches(&self, text: &[u8]) -> bool {
        // Nearly every pattern that people write fits one word, which then stays in a register.
        if self.width == 1 {
            self.run([0; 1], text)
        } else {
            self.run([0; WIDEST], text)
        }
    }

    fn run<const WORDS: usize>(&self, mut places: [u64; WORDS], text: &[u8]) -> bool {
        insert(&mut places, 0);
        self.pass_stars(&mut places);
        for byte in text {
            if !self.advance(&mut places, *byte) {
                return false;
            }
        }
        contains(&places, self.end)
    }

    /// Moves every place over `byte`. False when none is left.
    fn advance<const WORDS: usize>(&self, places: &mut [u64; WORDS], byte: u8) -> bool {
        let first = self.class_of(byte) * self.width;
        let step = self.step.get(first..).unwrap_or_default();
        let mut carry = 0;
        let mut alive = 0;
        for (word, place) in places.iter_mut().take(self.width).enumerate() {
            let stepping = *place & at(step, word);
            let mut staying = at(&self.stay, word);
            if byte != b'/' {
                staying |= at(&self.stay_in_segment, word);
            }
            *place = (*place & staying) | stepping << 1 | carry;
            carry = stepping >> 63;
            alive |= *place;
        }
        self.pass_stars(places);
        alive != 0
    }

    /// A star may take nothing: whoever stands before one also stands behind it. One pass does,
    /// since no two stars touch.
    fn pass_stars<const WORDS: usize>(&self, places: &mut [u64; WORDS]) {
        let mut carry = 0;
        for (word, place) in places.iter_mut().take(self.width).enumerate() {
            let passing = *place & (at(&self.stay, word) | at(&self.stay_in_segment, word));
            *place |= passing << 1 | carry;
            carry = passing >> 63;
        }
    }
}

/// Gives each byte that the pattern names a class of its own, `/` among them; class 0 is the rest.
fn classes(tokens: &[Token]) -> Box<[u16; 256]> {
    let mut class = Box::new([0; 256]);
    let mut next = 1;
    let named = tokens.iter().filter_map(|token| match token {
        Token::Literal(byte) => Some(*byte),
        Token::One | Token::Segment | Token::Run => None,
    });
    for byte in std::iter::once(b'/').chain(named) {
        if let Some(class) = class.get_mut(usize::from(byte))
            && *class == 0
        {
            *class = next;
            next += 1;
        }
    }
    class
}

fn at(words: &[u64], index: usize) -> u64 {
    words.get(index).copied().unwrap_or(0)
}

fn insert(words: &mut [u64], place: usize) {
    if let Some(word) = words.get_mut(place / 64) {
        *word |= 1 << (place % 64);
    }
}

fn contains(words: &[u64], place: usize) -> bool {
    at(words, place / 64) & 1 << (place % 64) != 0
}
