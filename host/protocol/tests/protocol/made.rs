//! Frames that somebody else wrote: by the WIT alone, without any of the code that is tested. From the same choices comes
//! the same frame, from none the smallest.

use std::sync::LazyLock;

use wit_parser::{PackageId, Resolve, Type, TypeDefKind, TypeId};

use crate::support::wit;

static WIT: LazyLock<(Resolve, PackageId)> = LazyLock::new(wit);

/// The body of a frame.
pub(crate) fn frame(choices: &[u8]) -> Vec<u8> {
    let (resolve, package) = &*WIT;
    let types = resolve.packages[*package].interfaces["types"];
    let frame = resolve.interfaces[types].types["protocol-frame"];
    let mut writer = Writer {
        resolve,
        choices,
        out: Vec::new(),
    };
    writer.value(&Type::Id(frame));
    writer.out
}

struct Writer<'a> {
    resolve: &'a Resolve,
    choices: &'a [u8],
    out: Vec<u8>,
}

/// Texts of every sort.
const TEXTS: [&str; 6] = ["", "a", "/x/../y", "{\"a\":[1]}", "ü\u{1}\u{10ffff}", "\0"];

impl Writer<'_> {
    fn choice(&mut self, of: usize) -> usize {
        let (choice, rest) = self.choices.split_first().unwrap_or((&0, &[]));
        self.choices = rest;
        usize::from(*choice) % of
    }

    fn count(&mut self, mut count: usize) {
        while count >= 128 {
            self.out.push(u8::try_from(count % 128).unwrap() + 128);
            count /= 128;
        }
        self.out.push(u8::try_from(count).unwrap());
    }

    /// A number of so many bytes: small, large, or of any bits.
    fn number(&mut self, bytes: usize) {
        let kind = self.choice(4);
        for at in 0..bytes {
            let byte = match kind {
                0 => u8::from(at == 0),
                1 => 0,
                2 => u8::MAX,
                _ => u8::try_from(self.choice(256)).unwrap(),
            };
            self.out.push(byte);
        }
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.out.extend(text.bytes());
    }

    fn value(&mut self, ty: &Type) {
        match ty {
            Type::Bool => {
                let byte = u8::try_from(self.choice(2)).unwrap();
                self.out.push(byte);
            }
            Type::U16 => self.number(2),
            Type::U32 | Type::S32 => self.number(4),
            Type::U64 | Type::S64 => self.number(8),
            Type::String => {
                let text = match self.choice(TEXTS.len() + 1) {
                    6 => "long ".repeat(60),
                    text => TEXTS[text].to_owned(),
                };
                self.text(&text);
            }
            Type::Id(id) => self.compound(*id),
            other => panic!("{other:?}"),
        }
    }

    fn compound(&mut self, id: TypeId) {
        let definition = &self.resolve.types[id];
        match definition.name.as_deref() {
            Some("protocol-schema") => {
                self.text("secure-exec-sidecar");
                self.out.extend([7, 0]);
                return;
            }
            Some("request-id") => {
                let id = [1_i64, -1, i64::MAX, i64::MIN, 256][self.choice(5)];
                self.out.extend(id.to_le_bytes());
                return;
            }
            _ => {}
        }
        match &definition.kind {
            TypeDefKind::Type(aliased) => self.value(aliased),
            TypeDefKind::Record(record) => {
                for field in &record.fields {
                    self.value(&field.ty);
                }
            }
            TypeDefKind::Enum(cases) => {
                let case = self.choice(cases.cases.len());
                self.count(case);
            }
            TypeDefKind::Variant(variant) => {
                let case = self.choice(variant.cases.len());
                self.count(case);
                if let Some(ty) = &variant.cases[case].ty {
                    self.value(ty);
                }
            }
            TypeDefKind::Option(value) => {
                let present = self.choice(2);
                self.count(present);
                if present == 1 {
                    self.value(value);
                }
            }
            TypeDefKind::List(Type::U8) => {
                let count = self.choice(200);
                self.count(count);
                self.out.extend((0..=255).cycle().take(count));
            }
            TypeDefKind::List(item) => {
                let count = self.choice(4);
                self.count(count);
                for at in 0..count {
                    match self.pair(item) {
                        Some((key, value)) => {
                            self.key(&key, at);
                            self.value(&value);
                        }
                        None => self.value(item),
                    }
                }
            }
            kind => panic!("a {}", kind.as_str()),
        }
    }

    fn pair(&self, item: &Type) -> Option<(Type, Type)> {
        let Type::Id(id) = item else { return None };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Tuple(tuple) => Some((tuple.types[0], tuple.types[1])),
            _ => None,
        }
    }

    /// The key of a map's pair, which no other of its pairs has.
    fn key(&mut self, ty: &Type, at: usize) {
        match ty {
            Type::String => self.text(&format!("key {}", 9 - at)),
            Type::U32 => self
                .out
                .extend(u32::try_from(at * 300).unwrap().to_le_bytes()),
            other => panic!("a map of {other:?}"),
        }
    }
}
