//! Types as the validator has them: which they are, and what they are made of.

use std::hash::{Hash, Hasher};

use wasmparser::PrimitiveValType;
use wasmparser::component_types::{ComponentDefinedType, ComponentDefinedTypeId, ComponentValType};
use wasmparser::types::TypesRef;

use super::types::{Integer, Shape, Unsupported, Without};

/// Which type it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
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

/// The types that one is made of.
pub(crate) fn parts(from: TypesRef<'_>, key: Key) -> Vec<ComponentValType> {
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

/// What a type without parts is.
pub(crate) fn primitive_shape(primitive: PrimitiveValType) -> Shape {
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
