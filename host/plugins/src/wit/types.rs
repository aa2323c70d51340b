//! The types of a component: a table in which each stands once.
//!
//! A type may be used in many places, and what uses it again in many: written out, a table of fifty rows can say more
//! than a disk holds. So a type refers to others by their rows, and nothing here walks all that a type comes to, but for
//! rows that were not seen yet.

use std::collections::{HashMap, HashSet, VecDeque};

/// The row of a type. A row refers only to rows before it, so that nothing that follows references goes in a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeRef(u32);

/// An integer type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Integer {
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
}

impl Integer {
    /// The least and the greatest value.
    pub(crate) const fn range(self) -> (i128, i128) {
        match self {
            Self::S8 => (i8::MIN as i128, i8::MAX as i128),
            Self::U8 => (u8::MIN as i128, u8::MAX as i128),
            Self::S16 => (i16::MIN as i128, i16::MAX as i128),
            Self::U16 => (u16::MIN as i128, u16::MAX as i128),
            Self::S32 => (i32::MIN as i128, i32::MAX as i128),
            Self::U32 => (u32::MIN as i128, u32::MAX as i128),
            Self::S64 => (i64::MIN as i128, i64::MAX as i128),
            Self::U64 => (u64::MIN as i128, u64::MAX as i128),
        }
    }

    /// As WIT spells it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::S8 => "s8",
            Self::U8 => "u8",
            Self::S16 => "s16",
            Self::U16 => "u16",
            Self::S32 => "s32",
            Self::U32 => "u32",
            Self::S64 => "s64",
            Self::U64 => "u64",
        }
    }
}

/// A name within a type, with what a type or nothing stands behind.
#[derive(Debug)]
pub(crate) struct Member<T> {
    pub(crate) name: String,
    pub(crate) docs: Option<String>,
    pub(crate) ty: T,
}

/// Members that are looked up by name: a value has one of them for each element of a list, and a type thousands.
#[derive(Debug)]
pub(crate) struct Members<T> {
    all: Vec<Member<T>>,
    places: HashMap<String, usize>,
}

impl<T> Members<T> {
    pub(crate) fn new(all: Vec<Member<T>>) -> Self {
        let names = all.iter().map(|member| member.name.clone());
        let places = names.zip(0..).collect();
        Self { all, places }
    }

    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Member<T>> {
        self.all.get(self.place(name)?)
    }

    /// In WIT order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Member<T>> {
        self.all.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }
}

/// What a type is.
#[derive(Debug)]
pub(crate) enum Shape {
    Bool,
    Integer(Integer),
    F32,
    F64,
    Char,
    String,
    /// `list<u8>`, which may be a text in JSON.
    Bytes,
    List(TypeRef),
    FixedLengthList(TypeRef, u32),
    Tuple(Vec<TypeRef>),
    Record(Vec<Member<TypeRef>>),
    Variant(Members<Option<TypeRef>>),
    Enum(Members<()>),
    Flags(Members<()>),
    Option(TypeRef),
    /// With the cases `ok` and `err`, in this order.
    Result(Members<Option<TypeRef>>),
    /// What has no JSON.
    Unsupported(Unsupported, Without),
}

/// What is known of a type that has no JSON, to say its name.
#[derive(Debug)]
pub(crate) enum Without {
    Own(Option<String>),
    Borrow(Option<String>),
    Stream(Option<TypeRef>),
    Future(Option<TypeRef>),
    ErrorContext,
    Map(TypeRef, TypeRef),
}

/// Why a type has no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// A handle on a resource: it is worth something in one instance only.
    #[error("resources have no JSON")]
    Resource,
    /// A stream.
    #[error("streams have no JSON")]
    Stream,
    /// A future.
    #[error("futures have no JSON")]
    Future,
    /// An error context.
    #[error("error contexts have no JSON")]
    ErrorContext,
    /// A map, whose keys need not be text.
    #[error("maps have no JSON")]
    Map,
}

/// The most levels that a type has, of which the ends are one: what a component may have at all. The reader of JSON gives
/// up at 128, of which an input's own object takes one.
pub const MAX_DEPTH: u32 = 100;

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) shape: Shape,
    /// Its name where it was declared.
    pub(crate) name: Option<String>,
    pub(crate) docs: Option<String>,
    /// Of its levels; the ends have one.
    pub(crate) depth: u32,
    /// Whether there is something in it that has no JSON, and the row where that is.
    pub(crate) unsupported: Option<(Unsupported, TypeRef)>,
}

impl Type {
    /// The rows that it refers to, in WIT order.
    pub(crate) fn parts(&self) -> Vec<TypeRef> {
        match &self.shape {
            Shape::Bool
            | Shape::Integer(_)
            | Shape::F32
            | Shape::F64
            | Shape::Char
            | Shape::String
            | Shape::Bytes
            | Shape::Enum(_)
            | Shape::Flags(_) => Vec::new(),
            Shape::List(of) | Shape::FixedLengthList(of, _) | Shape::Option(of) => vec![*of],
            Shape::Tuple(of) => of.clone(),
            Shape::Record(fields) => fields.iter().map(|field| field.ty).collect(),
            Shape::Variant(cases) | Shape::Result(cases) => {
                cases.iter().filter_map(|case| case.ty).collect()
            }
            Shape::Unsupported(_, without) => match without {
                Without::Own(_) | Without::Borrow(_) | Without::ErrorContext => Vec::new(),
                Without::Stream(of) | Without::Future(of) => of.iter().copied().collect(),
                Without::Map(key, value) => vec![*key, *value],
            },
        }
    }

    /// Bytes of the texts that are kept for it.
    pub(crate) fn text_bytes(&self) -> usize {
        fn of<T>(member: &Member<T>) -> usize {
            member.name.len() + member.docs.as_ref().map_or(0, String::len)
        }
        let members: usize = match &self.shape {
            Shape::Record(fields) => fields.iter().map(of).sum(),
            Shape::Variant(cases) | Shape::Result(cases) => cases.iter().map(of).sum(),
            Shape::Enum(labels) | Shape::Flags(labels) => labels.iter().map(of).sum(),
            _ => 0,
        };
        let own = [&self.name, &self.docs];
        members + own.into_iter().flatten().map(String::len).sum::<usize>()
    }
}

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Types {
    rows: Vec<Type>,
}

impl Types {
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A row. There is one for each reference, for only [`Types::add`] makes references.
    #[expect(
        clippy::indexing_slicing,
        reason = "a reference is made with the row, in this table, and no row is ever removed"
    )]
    pub(crate) fn get(&self, of: TypeRef) -> &Type {
        &self.rows[of.0 as usize]
    }

    /// Whether the type is an option. Its value may be null, so that one more option around it needs a way to tell the two;
    /// and as a member it may be left out.
    pub(crate) fn is_option(&self, ty: TypeRef) -> bool {
        matches!(self.get(ty).shape, Shape::Option(_))
    }

    /// A new row.
    pub(crate) fn add(
        &mut self,
        shape: Shape,
        name: Option<String>,
        docs: Option<String>,
    ) -> TypeRef {
        let here = TypeRef(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        let mut row = Type {
            shape,
            name,
            docs,
            depth: 1,
            unsupported: None,
        };
        let parts = row.parts();
        let below = parts.iter().map(|part| self.get(*part).depth).max();
        row.depth = below.unwrap_or(0).saturating_add(1);
        row.unsupported = match &row.shape {
            Shape::Unsupported(why, _) => Some((*why, here)),
            _ => parts.iter().find_map(|part| self.get(*part).unsupported),
        };
        self.rows.push(row);
        here
    }

    /// The rows that are reached from some, each once, those that were met first before others.
    pub(crate) fn reached(&self, from: impl IntoIterator<Item = TypeRef>) -> Vec<TypeRef> {
        let mut seen = HashSet::new();
        let mut waiting: VecDeque<TypeRef> = from.into_iter().collect();
        let mut reached = Vec::new();
        while let Some(row) = waiting.pop_front() {
            if seen.insert(row) {
                reached.push(row);
                waiting.extend(self.get(row).parts());
            }
        }
        reached
    }
}
