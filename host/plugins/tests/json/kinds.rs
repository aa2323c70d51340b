//! Types of WIT and their values, made up.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use wasmtime::component::Val;

/// A type.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
    List(Box<Self>),
    Fixed(Box<Self>, u32),
    Tuple(Vec<Self>),
    Record(Vec<(String, Self)>),
    Variant(Vec<(String, Option<Self>)>),
    Enum(Vec<String>),
    Flags(Vec<String>),
    Option(Box<Self>),
    Result(Option<Box<Self>>, Option<Box<Self>>),
    /// `type name = …`.
    Alias(Box<Self>),
}

/// Names of members: words of the mapping, words of WIT, and words of JSON.
pub(crate) const NAMES: [&str; 12] = [
    "a", "b", "some", "none", "ok", "err", "record", "x-y", "null", "X", "a1", "list",
];

fn names() -> impl Strategy<Value = Vec<String>> {
    let names: Vec<String> = NAMES.iter().map(ToString::to_string).collect();
    subsequence(names, 1..=4).prop_shuffle()
}

/// Any type, of a few levels.
pub(crate) fn kinds() -> impl Strategy<Value = Kind> {
    let leaf = prop_oneof![
        4 => select(vec![
            Kind::Bool, Kind::S8, Kind::U8, Kind::S16, Kind::U16, Kind::S32, Kind::U32, Kind::S64,
            Kind::U64, Kind::F32, Kind::F64, Kind::Char, Kind::String,
        ]),
        1 => names().prop_map(Kind::Enum),
        1 => names().prop_map(Kind::Flags),
        1 => Just(Kind::List(Box::new(Kind::U8))),
        1 => Just(Kind::Result(None, None)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let members = |of: BoxedStrategy<Kind>| {
            (names(), vec(of, 4)).prop_map(|(names, kinds)| names.into_iter().zip(kinds).collect())
        };
        let cases = (names(), vec(prop::option::of(inner.clone()), 4));
        prop_oneof![
            boxed().prop_map(Kind::List),
            (boxed(), 1_u32..4).prop_map(|(of, length)| Kind::Fixed(of, length)),
            vec(inner.clone(), 1..5).prop_map(Kind::Tuple),
            members(inner.clone().boxed()).prop_map(Kind::Record),
            cases.prop_map(|(names, kinds)| Kind::Variant(names.into_iter().zip(kinds).collect())),
            boxed().prop_map(Kind::Option),
            boxed().prop_map(|of| Kind::Option(Box::new(Kind::Option(of)))),
            (prop::option::of(boxed()), prop::option::of(boxed()))
                .prop_map(|(ok, err)| Kind::Result(ok, err)),
            boxed().prop_map(Kind::Alias),
        ]
    })
}

impl Kind {
    /// Its text where it is used, once what needs a name was defined.
    pub(crate) fn wit(&self, definitions: &mut Vec<String>) -> String {
        match self {
            Self::Bool => "bool".to_owned(),
            Self::S8 => "s8".to_owned(),
            Self::U8 => "u8".to_owned(),
            Self::S16 => "s16".to_owned(),
            Self::U16 => "u16".to_owned(),
            Self::S32 => "s32".to_owned(),
            Self::U32 => "u32".to_owned(),
            Self::S64 => "s64".to_owned(),
            Self::U64 => "u64".to_owned(),
            Self::F32 => "f32".to_owned(),
            Self::F64 => "f64".to_owned(),
            Self::Char => "char".to_owned(),
            Self::String => "string".to_owned(),
            Self::List(of) => format!("list<{}>", of.wit(definitions)),
            Self::Fixed(of, length) => format!("list<{}, {length}>", of.wit(definitions)),
            Self::Tuple(of) => {
                let of: Vec<_> = of.iter().map(|kind| kind.wit(definitions)).collect();
                format!("tuple<{}>", of.join(", "))
            }
            Self::Option(of) => format!("option<{}>", of.wit(definitions)),
            Self::Result(None, None) => "result".to_owned(),
            Self::Result(ok, err) => {
                let mut or = |kind: &Option<Box<Self>>| match kind {
                    Some(kind) => kind.wit(definitions),
                    None => "_".to_owned(),
                };
                let (ok, err) = (or(ok), err.is_some().then(|| or(err)));
                format!(
                    "result<{ok}{}>",
                    err.map_or(String::new(), |err| format!(", {err}"))
                )
            }
            Self::Record(fields) => {
                let mut text = String::new();
                for (name, kind) in fields {
                    let kind = kind.wit(definitions);
                    write!(text, "%{name}: {kind}, ").unwrap();
                }
                define(definitions, |name| format!("record {name} {{ {text} }}"))
            }
            Self::Variant(cases) => {
                let mut text = String::new();
                for (name, kind) in cases {
                    let kind = kind
                        .as_ref()
                        .map(|kind| format!("({})", kind.wit(definitions)));
                    write!(text, "%{name}{}, ", kind.unwrap_or_default()).unwrap();
                }
                define(definitions, |name| format!("variant {name} {{ {text} }}"))
            }
            Self::Enum(names) => {
                let text = format!("%{}", names.join(", %"));
                define(definitions, |name| format!("enum {name} {{ {text} }}"))
            }
            Self::Flags(names) => {
                let text = format!("%{}", names.join(", %"));
                define(definitions, |name| format!("flags {name} {{ {text} }}"))
            }
            Self::Alias(of) => {
                let of = of.wit(definitions);
                define(definitions, |name| format!("type {name} = {of};"))
            }
        }
    }

    /// Whether there is a list of a fixed length in it.
    pub(crate) fn has_fixed(&self) -> bool {
        let mut definitions = Vec::new();
        let text = self.wit(&mut definitions) + &definitions.concat();
        (1..4).any(|length| text.contains(&format!(", {length}>")))
    }

    /// Any of its values.
    pub(crate) fn values(&self) -> BoxedStrategy<Val> {
        match self {
            Self::Bool => any::<bool>().prop_map(Val::Bool).boxed(),
            Self::S8 => any::<i8>().prop_map(Val::S8).boxed(),
            Self::U8 => any::<u8>().prop_map(Val::U8).boxed(),
            Self::S16 => any::<i16>().prop_map(Val::S16).boxed(),
            Self::U16 => any::<u16>().prop_map(Val::U16).boxed(),
            Self::S32 => any::<i32>().prop_map(Val::S32).boxed(),
            Self::U32 => any::<u32>().prop_map(Val::U32).boxed(),
            Self::S64 => {
                let edges = select(vec![
                    i64::MIN,
                    -(1 << 53),
                    1 - (1 << 53),
                    (1 << 53) - 1,
                    1 << 53,
                ]);
                prop_oneof![any::<i64>(), -9_i64..9, edges]
                    .prop_map(Val::S64)
                    .boxed()
            }
            Self::U64 => {
                let edges = select(vec![u64::MAX, (1 << 53) - 1, 1 << 53, 1 << 63]);
                prop_oneof![any::<u64>(), 0_u64..9, edges]
                    .prop_map(Val::U64)
                    .boxed()
            }
            Self::F32 => {
                let edges = select(vec![
                    -0.0,
                    0.1,
                    f32::MAX,
                    f32::MIN_POSITIVE,
                    f32::NEG_INFINITY,
                ]);
                prop_oneof![any::<u32>().prop_map(f32::from_bits), edges]
                    .prop_map(Val::Float32)
                    .boxed()
            }
            Self::F64 => {
                let edges = select(vec![-0.0, 0.1, f64::MAX, 5e-324, f64::INFINITY, f64::NAN]);
                prop_oneof![any::<u64>().prop_map(f64::from_bits), edges]
                    .prop_map(Val::Float64)
                    .boxed()
            }
            Self::Char => any::<char>().prop_map(Val::Char).boxed(),
            Self::String => any::<String>().prop_map(Val::String).boxed(),
            Self::List(of) => vec(of.values(), 0..4).prop_map(Val::List).boxed(),
            Self::Fixed(of, length) => vec(of.values(), *length as usize)
                .prop_map(Val::FixedLengthList)
                .boxed(),
            Self::Tuple(of) => {
                let of: Vec<_> = of.iter().map(Self::values).collect();
                of.prop_map(Val::Tuple).boxed()
            }
            Self::Record(fields) => {
                let names: Vec<_> = fields.iter().map(|(name, _)| name.clone()).collect();
                let of: Vec<_> = fields.iter().map(|(_, kind)| kind.values()).collect();
                of.prop_map(move |values| Val::Record(names.iter().cloned().zip(values).collect()))
                    .boxed()
            }
            Self::Variant(cases) => {
                let of = cases.iter().map(|(name, kind)| {
                    let name = name.clone();
                    payload(kind.as_ref())
                        .prop_map(move |payload| Val::Variant(name.clone(), payload))
                        .boxed()
                });
                proptest::strategy::Union::new(of).boxed()
            }
            Self::Enum(names) => select(names.clone()).prop_map(Val::Enum).boxed(),
            Self::Flags(names) => subsequence(names.clone(), 0..=names.len())
                .prop_map(Val::Flags)
                .boxed(),
            Self::Option(of) => prop::option::of(of.values())
                .prop_map(|value| Val::Option(value.map(Box::new)))
                .boxed(),
            Self::Result(ok, err) => prop_oneof![
                payload(ok.as_deref()).prop_map(|value| Val::Result(Ok(value))),
                payload(err.as_deref()).prop_map(|value| Val::Result(Err(value))),
            ]
            .boxed(),
            Self::Alias(of) => of.values(),
        }
    }
}

fn payload(of: Option<&Kind>) -> BoxedStrategy<Option<Box<Val>>> {
    match of {
        None => Just(None).boxed(),
        Some(kind) => kind
            .values()
            .prop_map(|value| Some(Box::new(value)))
            .boxed(),
    }
}

fn define(definitions: &mut Vec<String>, text: impl FnOnce(&str) -> String) -> String {
    let name = format!("t{}", definitions.len());
    definitions.push(text(&name));
    name
}

/// A type and some of its values.
pub(crate) fn with_values() -> impl Strategy<Value = (Kind, Vec<Val>)> {
    kinds().prop_flat_map(|kind| {
        let values = vec(kind.values(), 1..6);
        (Just(kind), values)
    })
}
