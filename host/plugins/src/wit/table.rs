//! From the types of a validated component to the table of [`Types`].

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use wasmparser::PrimitiveValType;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentEntityType,
    ComponentItem, ComponentValType, ResourceId,
};
use wasmparser::types::TypesRef;

use super::docs::{Docs, Within};
use super::limits::MAX_TYPES;
use super::types::{
    Integer, MAX_DEPTH, Member, Members, Shape, TypeRef, Types, Unsupported, Without,
};

/// More types, or longer names, than are kept.
#[derive(Debug)]
pub(crate) struct TooMuch;

/// A name, and the export or import beneath which it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    within: Option<String>,
    name: String,
}

impl Named {
    fn within(&self) -> Within<'_> {
        self.within
            .as_deref()
            .map_or(Within::Top, Within::Interface)
    }
}

/// A table that is being filled.
pub(crate) struct Filling<'a> {
    from: TypesRef<'a>,
    docs: &'a Docs,
    names: HashMap<ComponentAnyTypeId, Named>,
    resources: HashMap<ResourceId, String>,
    rows: HashMap<Key, TypeRef>,
    /// Bytes of texts that may still be kept.
    left: usize,
    table: Types,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Primitive(PrimitiveValType),
    Defined(ComponentDefinedTypeId),
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Self::Primitive(primitive) => std::mem::discriminant(primitive).hash(hasher),
            Self::Defined(id) => id.hash(hasher),
        }
    }
}

impl<'a> Filling<'a> {
    /// A table that keeps `left` bytes of text at most.
    pub(crate) fn new(from: TypesRef<'a>, docs: &'a Docs, left: usize) -> Self {
        Self {
            from,
            docs,
            names: HashMap::new(),
            resources: HashMap::new(),
            rows: HashMap::new(),
            left,
            table: Types::default(),
        }
    }

    /// Learns the names that an import or an export gives to types.
    pub(crate) fn learn(&mut self, name: &str, item: &ComponentItem) -> Result<(), TooMuch> {
        match item.ty {
            ComponentEntityType::Type { created, .. } => self.name(None, name, created),
            ComponentEntityType::Instance(id) => {
                let members = self.from.get(id).into_iter();
                for (member, item) in members.flat_map(|instance| &instance.exports) {
                    if let ComponentEntityType::Type { created, .. } = item.ty {
                        self.name(Some(name), member, created)?;
                    }
                }
                Ok(())
            }
            ComponentEntityType::Module(_)
            | ComponentEntityType::Func(_)
            | ComponentEntityType::Value(_)
            | ComponentEntityType::Component(_) => Ok(()),
        }
    }

    fn name(
        &mut self,
        within: Option<&str>,
        name: &str,
        id: ComponentAnyTypeId,
    ) -> Result<(), TooMuch> {
        self.spend(name.len() + within.map_or(0, str::len))?;
        match id {
            ComponentAnyTypeId::Resource(id) => {
                self.resources.insert(id.resource(), name.to_owned());
            }
            ComponentAnyTypeId::Defined(_) => {
                let named = Named {
                    within: within.map(str::to_owned),
                    name: name.to_owned(),
                };
                self.names.insert(id, named);
            }
            ComponentAnyTypeId::Func(_)
            | ComponentAnyTypeId::Component(_)
            | ComponentAnyTypeId::Instance(_) => {}
        }
        Ok(())
    }

    /// Takes from what may still be kept.
    pub(crate) fn spend(&mut self, bytes: usize) -> Result<(), TooMuch> {
        self.left = self.left.checked_sub(bytes).ok_or(TooMuch)?;
        Ok(())
    }

    pub(crate) fn finish(self) -> Types {
        self.table
    }

    /// The row of a type; those that it is made of are before it. Without recursion: how deep types nest is the
    /// component's choice.
    pub(crate) fn row(&mut self, of: ComponentValType) -> Result<TypeRef, TooMuch> {
        let (wanted, _) = self.key(of);
        let mut waiting = vec![(of, false)];
        while let Some((ty, ready)) = waiting.pop() {
            let (key, name) = self.key(ty);
            if self.rows.contains_key(&key) {
                continue;
            }
            if !ready {
                waiting.push((ty, true));
                waiting.extend(parts(self.from, key).into_iter().map(|part| (part, false)));
                continue;
            }
            if self.table.len() >= MAX_TYPES {
                return Err(TooMuch);
            }
            let shape = self.shape(key, name.as_ref()).ok_or(TooMuch)?;
            let docs = name
                .as_ref()
                .and_then(|named| self.docs.of_type(named.within(), &named.name));
            let row = self.table.add(shape, name.map(|named| named.name), docs);
            let made = self.table.get(row);
            if made.depth > MAX_DEPTH {
                return Err(TooMuch);
            }
            self.spend(made.text_bytes())?;
            self.rows.insert(key, row);
        }
        self.rows.get(&wanted).copied().ok_or(TooMuch)
    }

    /// Which type this is, and its name. An export that says of another one's type that it is its own gives it a new
    /// identity under the same name; of such the first one counts.
    fn key(&self, of: ComponentValType) -> (Key, Option<Named>) {
        let mut id = match of {
            ComponentValType::Primitive(primitive) => return (Key::Primitive(primitive), None),
            ComponentValType::Type(id) => id,
        };
        let mut named: Option<&Named> = None;
        let mut key = id;
        loop {
            let here = self.names.get(&ComponentAnyTypeId::Defined(id));
            match (named, here) {
                (None, _) => (key, named) = (id, here),
                (Some(before), Some(here)) if before.name == here.name => {
                    (key, named) = (id, Some(here));
                }
                (Some(_), _) => {}
            }
            match self.from.peel_alias(id) {
                Some(next) => id = next,
                None => return (Key::Defined(key), named.cloned()),
            }
        }
    }

    fn known(&self, of: ComponentValType) -> Option<TypeRef> {
        self.rows.get(&self.key(of).0).copied()
    }

    /// The shape of a type, once its parts have rows.
    fn shape(&self, key: Key, named: Option<&Named>) -> Option<Shape> {
        let id = match key {
            Key::Primitive(primitive) => return Some(primitive_shape(primitive)),
            Key::Defined(id) => id,
        };
        self.defined(self.from.get(id)?, named)
    }

    fn defined(&self, ty: &ComponentDefinedType, named: Option<&Named>) -> Option<Shape> {
        let maybe = |ty: Option<ComponentValType>| match ty {
            Some(ty) => self.known(ty).map(Some),
            None => Some(None),
        };
        let unsupported = |why, without| Some(Shape::Unsupported(why, without));
        Some(match ty {
            ComponentDefinedType::Primitive(primitive) => primitive_shape(*primitive),
            ComponentDefinedType::Record(record) => {
                let fields = record.fields.iter();
                let fields =
                    fields.map(|(name, ty)| Some(self.member(named, name, self.known(*ty)?)));
                Shape::Record(fields.collect::<Option<_>>()?)
            }
            ComponentDefinedType::Variant(variant) => {
                let cases = variant.cases.iter();
                let cases =
                    cases.map(|(name, case)| Some(self.member(named, name, maybe(case.ty)?)));
                Shape::Variant(Members::new(cases.collect::<Option<_>>()?))
            }
            ComponentDefinedType::List { element, .. } => {
                let of = self.known(*element)?;
                match self.table.get(of).shape {
                    Shape::Integer(Integer::U8) => Shape::Bytes,
                    _ => Shape::List(of),
                }
            }
            ComponentDefinedType::FixedLengthList {
                element, length, ..
            } => Shape::FixedLengthList(self.known(*element)?, *length),
            ComponentDefinedType::Tuple(tuple) => {
                let types = tuple.types.iter().map(|ty| self.known(*ty));
                Shape::Tuple(types.collect::<Option<_>>()?)
            }
            ComponentDefinedType::Flags(names) => {
                let labels = names.iter().map(|name| self.member(named, name, ()));
                Shape::Flags(Members::new(labels.collect()))
            }
            ComponentDefinedType::Enum(names) => {
                let labels = names.iter().map(|name| self.member(named, name, ()));
                Shape::Enum(Members::new(labels.collect()))
            }
            ComponentDefinedType::Option { ty, .. } => Shape::Option(self.known(*ty)?),
            ComponentDefinedType::Result { ok, err, .. } => {
                let cases = [("ok", maybe(*ok)?), ("err", maybe(*err)?)];
                let cases = cases.map(|(name, ty)| Member {
                    name: name.to_owned(),
                    docs: None,
                    ty,
                });
                Shape::Result(Members::new(cases.into()))
            }
            ComponentDefinedType::Own(id) => {
                let name = self.resources.get(&id.resource()).cloned();
                return unsupported(Unsupported::Resource, Without::Own(name));
            }
            ComponentDefinedType::Borrow(id) => {
                let name = self.resources.get(&id.resource()).cloned();
                return unsupported(Unsupported::Resource, Without::Borrow(name));
            }
            ComponentDefinedType::Stream { ty, .. } => {
                return unsupported(Unsupported::Stream, Without::Stream(maybe(*ty)?));
            }
            ComponentDefinedType::Future { ty, .. } => {
                return unsupported(Unsupported::Future, Without::Future(maybe(*ty)?));
            }
            ComponentDefinedType::Map { key, value, .. } => {
                let without = Without::Map(self.known(*key)?, self.known(*value)?);
                return unsupported(Unsupported::Map, without);
            }
        })
    }

    fn member<T>(&self, named: Option<&Named>, name: &str, ty: T) -> Member<T> {
        let docs = named.and_then(|named| self.docs.of_member(named.within(), &named.name, name));
        Member {
            name: name.to_owned(),
            docs,
            ty,
        }
    }
}

/// The types that one is made of.
fn parts(from: TypesRef<'_>, key: Key) -> Vec<ComponentValType> {
    let id = match key {
        Key::Primitive(_) => return Vec::new(),
        Key::Defined(id) => id,
    };
    let Some(ty) = from.get(id) else {
        return Vec::new();
    };
    match ty {
        ComponentDefinedType::Primitive(_)
        | ComponentDefinedType::Flags(_)
        | ComponentDefinedType::Enum(_)
        | ComponentDefinedType::Own(_)
        | ComponentDefinedType::Borrow(_) => Vec::new(),
        ComponentDefinedType::Record(record) => record.fields.values().copied().collect(),
        ComponentDefinedType::Variant(variant) => {
            variant.cases.values().filter_map(|case| case.ty).collect()
        }
        ComponentDefinedType::List { element, .. }
        | ComponentDefinedType::FixedLengthList { element, .. } => vec![*element],
        ComponentDefinedType::Map { key, value, .. } => vec![*key, *value],
        ComponentDefinedType::Tuple(tuple) => tuple.types.to_vec(),
        ComponentDefinedType::Option { ty, .. } => vec![*ty],
        ComponentDefinedType::Result { ok, err, .. } => [*ok, *err].into_iter().flatten().collect(),
        ComponentDefinedType::Future { ty, .. } | ComponentDefinedType::Stream { ty, .. } => {
            ty.iter().copied().collect()
        }
    }
}

fn primitive_shape(primitive: PrimitiveValType) -> Shape {
    match primitive {
        PrimitiveValType::Bool => Shape::Bool,
        PrimitiveValType::S8 => Shape::Integer(Integer::S8),
        PrimitiveValType::U8 => Shape::Integer(Integer::U8),
        PrimitiveValType::S16 => Shape::Integer(Integer::S16),
        PrimitiveValType::U16 => Shape::Integer(Integer::U16),
        PrimitiveValType::S32 => Shape::Integer(Integer::S32),
        PrimitiveValType::U32 => Shape::Integer(Integer::U32),
        PrimitiveValType::S64 => Shape::Integer(Integer::S64),
        PrimitiveValType::U64 => Shape::Integer(Integer::U64),
        PrimitiveValType::F32 => Shape::F32,
        PrimitiveValType::F64 => Shape::F64,
        PrimitiveValType::Char => Shape::Char,
        PrimitiveValType::String => Shape::String,
        PrimitiveValType::ErrorContext => {
            Shape::Unsupported(Unsupported::ErrorContext, Without::ErrorContext)
        }
    }
}
