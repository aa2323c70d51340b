//! The schema of a function's input and of its result, in JSON Schema 2020-12.
//!
//! A type that has a name stands once, in `$defs`; so does one without a name that is too long to be repeated wherever it
//! is used. Thus a schema grows with the types, and not with what they come to.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::bytes_as::BytesAs;
use super::ranges::{float32, float64, integer};
use crate::wit::{Integer, Member, Shape, TypeRef, Types};

/// The dialect.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Types that one without a name may be made of, and still be written out wherever it is used.
const MAX_REPEATED: usize = 16;
/// A string in base64 with padding, whose last character has no bits that stand for nothing.
const BASE64: &str =
    "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

/// The schema of an object with these members.
pub(crate) fn of_members<'a>(
    types: &Types,
    bytes_as: BytesAs,
    docs: Option<&str>,
    wanted: impl Iterator<Item = (&'a str, TypeRef)> + Clone,
) -> Value {
    let schemas = Schemas::new(types, bytes_as, wanted.clone().map(|(_, ty)| ty));
    let mut schema = object(DIALECT);
    describe(&mut schema, docs);
    let wanted = wanted.map(|(name, ty)| (name, None, ty));
    schema.extend(schemas.members(wanted));
    schemas.finish(schema)
}

/// The schema of one value, or of nothing at all.
pub(crate) fn of_value(types: &Types, bytes_as: BytesAs, ty: Option<TypeRef>) -> Value {
    let schemas = Schemas::new(types, bytes_as, ty.into_iter());
    let mut schema = object(DIALECT);
    match ty {
        Some(ty) => schema.extend(schemas.used(ty)),
        None => {
            schema.insert("type".to_owned(), "null".into());
        }
    }
    schemas.finish(schema)
}

fn object(dialect: &str) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), dialect.into());
    schema
}

fn describe(schema: &mut Map<String, Value>, docs: Option<&str>) {
    if let Some(docs) = docs {
        schema.insert("description".to_owned(), docs.into());
    }
}

/// An object of JSON that is written as one.
fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

struct Schemas<'a> {
    types: &'a Types,
    bytes_as: BytesAs,
    /// The types that stand in `$defs`, in their order there.
    order: Vec<TypeRef>,
    names: HashMap<TypeRef, String>,
}

impl<'a> Schemas<'a> {
    fn new(types: &'a Types, bytes_as: BytesAs, used: impl Iterator<Item = TypeRef>) -> Self {
        let used: Vec<TypeRef> = used.collect();
        let reached = types.reached(used.iter().copied());
        let mut schemas = Self {
            types,
            bytes_as,
            order: Vec::new(),
            names: HashMap::new(),
        };
        let repeated = repeated(types, &used, &reached);
        let mut taken = HashSet::new();
        for ty in reached {
            let row = types.get(ty);
            let name = match &row.name {
                // Two interfaces may each have a type of a name. An underscore stands in no name of WIT.
                Some(name) if !taken.insert(name.clone()) => format!("{name}_{}", taken.len()),
                Some(name) => name.clone(),
                None if repeated.contains(&ty) => format!("_{}", schemas.order.len()),
                None => continue,
            };
            taken.insert(name.clone());
            schemas.order.push(ty);
            schemas.names.insert(ty, name);
        }
        schemas
    }

    /// With the definitions of what was referred to.
    fn finish(self, mut schema: Map<String, Value>) -> Value {
        let mut definitions = Map::new();
        for ty in &self.order {
            if let Some(name) = self.names.get(ty) {
                definitions.insert(name.clone(), Value::Object(self.defined(*ty)));
            }
        }
        if !definitions.is_empty() {
            schema.insert("$defs".to_owned(), Value::Object(definitions));
        }
        Value::Object(schema)
    }

    /// A type where it is used.
    fn used(&self, ty: TypeRef) -> Map<String, Value> {
        match self.names.get(&ty) {
            Some(name) => members(json!({ "$ref": format!("#/$defs/{name}") })),
            None => self.defined(ty),
        }
    }

    fn used_value(&self, ty: TypeRef) -> Value {
        Value::Object(self.used(ty))
    }

    /// A type where it is defined.
    fn defined(&self, ty: TypeRef) -> Map<String, Value> {
        let row = self.types.get(ty);
        let mut schema = self.shape(&row.shape);
        describe(&mut schema, row.docs.as_deref());
        schema
    }

    fn shape(&self, shape: &Shape) -> Map<String, Value> {
        let fixed = |length: u64| json!({ "minItems": length, "maxItems": length });
        members(match shape {
            Shape::Bool => json!({ "type": "boolean" }),
            Shape::Integer(of) => integer(*of),
            Shape::F32 => float32(),
            Shape::F64 => float64(),
            Shape::Char => json!({ "type": "string", "minLength": 1, "maxLength": 1 }),
            Shape::String => json!({ "type": "string" }),
            Shape::Bytes => match self.bytes_as {
                BytesAs::Array => json!({ "type": "array", "items": integer(Integer::U8) }),
                BytesAs::Base64 => {
                    json!({ "type": "string", "contentEncoding": "base64", "pattern": BASE64 })
                }
            },
            Shape::List(of) => json!({ "type": "array", "items": self.used_value(*of) }),
            Shape::FixedLengthList(of, length) => {
                let mut schema = members(json!({ "type": "array", "items": self.used_value(*of) }));
                schema.extend(members(fixed(u64::from(*length))));
                Value::Object(schema)
            }
            Shape::Tuple(of) => {
                let items: Vec<_> = of.iter().map(|ty| self.used_value(*ty)).collect();
                let mut schema = members(json!({ "type": "array" }));
                schema.extend(members(fixed(items.len() as u64)));
                schema.insert("prefixItems".to_owned(), Value::Array(items));
                Value::Object(schema)
            }
            Shape::Record(fields) => {
                let fields = fields.iter();
                let wanted = fields.map(|field| (&*field.name, field.docs.as_deref(), field.ty));
                return self.members(wanted);
            }
            Shape::Variant(cases) | Shape::Result(cases) => {
                json!({ "oneOf": cases.iter().map(|case| self.case(case)).collect::<Vec<_>>() })
            }
            Shape::Enum(labels) => self::labels(labels.iter()),
            Shape::Flags(labels) => json!({
                "type": "array",
                "items": self::labels(labels.iter()),
                "uniqueItems": true,
            }),
            Shape::Option(of) => {
                let mut some = self.used(*of);
                if self.types.is_option(*of) {
                    some = self.members(std::iter::once(("some", None, *of)));
                    // The option within may be null, and may not be left out.
                    some.insert("required".to_owned(), json!(["some"]));
                }
                json!({ "anyOf": [some, { "type": "null" }] })
            }
            Shape::Unsupported(why, _) => json!({ "not": {}, "$comment": why.to_string() }),
        })
    }

    fn members<'n>(
        &self,
        wanted: impl Iterator<Item = (&'n str, Option<&'n str>, TypeRef)>,
    ) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (name, docs, ty) in wanted {
            let mut schema = self.used(ty);
            describe(&mut schema, docs);
            properties.insert(name.to_owned(), Value::Object(schema));
            if !self.types.is_option(ty) {
                required.push(name);
            }
        }
        members(json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }))
    }

    fn case(&self, case: &Member<Option<TypeRef>>) -> Value {
        let mut schema = match case.ty {
            None => members(json!({ "const": case.name })),
            Some(ty) => members(json!({
                "type": "object",
                "properties": { &*case.name: self.used(ty) },
                "required": [case.name],
                "additionalProperties": false,
            })),
        };
        describe(&mut schema, case.docs.as_deref());
        Value::Object(schema)
    }
}

/// Strings, each of which may have something said of it.
fn labels<'a>(labels: impl Iterator<Item = &'a Member<()>> + Clone) -> Value {
    if labels.clone().all(|label| label.docs.is_none()) {
        let names: Vec<_> = labels.map(|label| &*label.name).collect();
        return json!({ "type": "string", "enum": names });
    }
    let labels = labels.map(|label| {
        let mut schema = members(json!({ "const": label.name }));
        describe(&mut schema, label.docs.as_deref());
        schema
    });
    json!({ "type": "string", "oneOf": labels.collect::<Vec<_>>() })
}

/// The types without a name that are used more than once and are made of too many to be written out each time.
fn repeated(types: &Types, used: &[TypeRef], reached: &[TypeRef]) -> HashSet<TypeRef> {
    let mut uses: HashMap<TypeRef, usize> = HashMap::new();
    let parts = reached.iter().flat_map(|ty| types.get(*ty).parts());
    for ty in used.iter().copied().chain(parts) {
        *uses.entry(ty).or_default() += 1;
    }
    let mut sizes: HashMap<TypeRef, usize> = HashMap::new();
    let mut repeated = HashSet::new();
    // What a type is made of comes before it in the table.
    let mut bottom_up = reached.to_vec();
    bottom_up.sort_unstable();
    for ty in bottom_up {
        let row = types.get(ty);
        let parts = row.parts().into_iter();
        let parts = parts.map(|part| sizes.get(&part).copied().unwrap_or(1));
        let size = parts.fold(1, usize::saturating_add);
        let is_long = size > MAX_REPEATED && uses.get(&ty).is_some_and(|uses| *uses > 1);
        let is_defined = row.name.is_some() || is_long;
        sizes.insert(ty, if is_defined { 1 } else { size });
        if is_long && row.name.is_none() {
            repeated.insert(ty);
        }
    }
    repeated
}
