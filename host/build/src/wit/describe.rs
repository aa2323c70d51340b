//! A world as the engine's library reads it: JSON, whose types stand in one list, each behind those that it consists of. A type
//! is the name of a primitive, or its place in that list.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wit_parser::{Function, FunctionKind, Handle, Resolve, Type, TypeDefKind, TypeId};

use super::plan::{Group, Inside, Outside, Plan, behind};

fn primitive(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(_) => "",
    }
}

/// A type as WIT writes it.
fn shown(resolve: &Resolve, ty: &Type) -> String {
    let Type::Id(id) = ty else {
        return primitive(ty).to_owned();
    };
    let Some(found) = resolve.types.get(*id) else {
        return "_".to_owned();
    };
    if let Some(name) = &found.name {
        return name.clone();
    }
    let some = |ty: &Option<Type>| {
        ty.as_ref()
            .map_or_else(|| "_".to_owned(), |ty| shown(resolve, ty))
    };
    match &found.kind {
        TypeDefKind::Option(of) => format!("option<{}>", shown(resolve, of)),
        TypeDefKind::List(of) => format!("list<{}>", shown(resolve, of)),
        TypeDefKind::Type(of) => shown(resolve, of),
        TypeDefKind::Tuple(tuple) => {
            let all: Vec<String> = tuple.types.iter().map(|ty| shown(resolve, ty)).collect();
            format!("tuple<{}>", all.join(", "))
        }
        TypeDefKind::Result(result) => match (&result.ok, &result.err) {
            (None, None) => "result".to_owned(),
            (ok, None) => format!("result<{}>", some(ok)),
            (ok, err) => format!("result<{}, {}>", some(ok), some(err)),
        },
        TypeDefKind::Handle(Handle::Own(id)) => shown(resolve, &Type::Id(*id)),
        TypeDefKind::Handle(Handle::Borrow(id)) => {
            format!("borrow<{}>", shown(resolve, &Type::Id(*id)))
        }
        other => other.as_str().to_owned(),
    }
}

fn signature(resolve: &Resolve, function: &Function) -> String {
    let params: Vec<String> = function
        .params
        .iter()
        .map(|param| format!("{}: {}", param.name, shown(resolve, &param.ty)))
        .collect();
    let gives = match &function.result {
        Some(ty) => format!(" -> {}", shown(resolve, ty)),
        None => String::new(),
    };
    format!("{}: func({}){gives}", function.name, params.join(", "))
}

struct Types<'a> {
    plan: &'a Plan,
    list: Vec<Value>,
    known: BTreeMap<TypeId, usize>,
}

impl Types<'_> {
    fn of_some(&mut self, ty: Option<&Type>) -> Value {
        ty.map_or(Value::Null, |ty| self.of(ty))
    }

    fn of(&mut self, ty: &Type) -> Value {
        let Type::Id(id) = ty else {
            return primitive(ty).into();
        };
        let id = behind(&self.plan.resolve, *id);
        if let Some(at) = self.known.get(&id) {
            return (*at).into();
        }
        let described = self.describe(id);
        // What a name stands for may be a primitive.
        let Value::Object(_) = described else {
            return described;
        };
        self.list.push(described);
        self.known.insert(id, self.list.len() - 1);
        (self.list.len() - 1).into()
    }

    fn resource(&self, id: TypeId) -> Value {
        let id = behind(&self.plan.resolve, id);
        let mut resources = self.plan.resources.iter();
        resources.position(|resource| resource.ty == id).into()
    }

    fn describe(&mut self, id: TypeId) -> Value {
        let Some(ty) = self.plan.resolve.types.get(id) else {
            return Value::Null;
        };
        let name = ty.name.as_deref().unwrap_or_else(|| ty.kind.as_str());
        match &ty.kind {
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                let fields: Vec<Value> = fields
                    .map(|field| json!([field.name, self.of(&field.ty)]))
                    .collect();
                json!({"kind": "record", "name": name, "fields": fields})
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter();
                let cases: Vec<Value> = cases
                    .map(|case| json!([case.name, self.of_some(case.ty.as_ref())]))
                    .collect();
                json!({"kind": "variant", "name": name, "cases": cases})
            }
            TypeDefKind::Enum(of) => {
                let names: Vec<&str> = of.cases.iter().map(|case| case.name.as_str()).collect();
                json!({"kind": "enum", "name": name, "names": names})
            }
            TypeDefKind::Flags(of) => {
                let names: Vec<&str> = of.flags.iter().map(|flag| flag.name.as_str()).collect();
                json!({"kind": "flags", "name": name, "names": names})
            }
            TypeDefKind::Tuple(tuple) => {
                let of: Vec<Value> = tuple.types.iter().map(|ty| self.of(ty)).collect();
                json!({"kind": "tuple", "of": of})
            }
            TypeDefKind::Option(of) => json!({"kind": "option", "of": self.of(of)}),
            TypeDefKind::List(of) => json!({"kind": "list", "of": self.of(of)}),
            TypeDefKind::Result(result) => json!({
                "kind": "result",
                "ok": self.of_some(result.ok.as_ref()),
                "err": self.of_some(result.err.as_ref()),
            }),
            TypeDefKind::Handle(Handle::Own(id)) => {
                json!({"kind": "own", "resource": self.resource(*id)})
            }
            TypeDefKind::Handle(Handle::Borrow(id)) => {
                json!({"kind": "borrow", "resource": self.resource(*id)})
            }
            TypeDefKind::Type(ty) => self.of(ty),
            // A plan has refused these, or no value is of them.
            TypeDefKind::Resource
            | TypeDefKind::Map(..)
            | TypeDefKind::FixedLengthList(..)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Unknown => Value::Null,
        }
    }

    fn function(&mut self, index: usize, function: &Function) -> Value {
        let (kind, resource) = match &function.kind {
            FunctionKind::Freestanding | FunctionKind::AsyncFreestanding => ("function", None),
            FunctionKind::Method(id) | FunctionKind::AsyncMethod(id) => ("method", Some(*id)),
            FunctionKind::Static(id) | FunctionKind::AsyncStatic(id) => ("static", Some(*id)),
            FunctionKind::Constructor(id) => ("constructor", Some(*id)),
        };
        let params = function.params.iter();
        let params: Vec<Value> = params
            .map(|param| json!([param.name, self.of(&param.ty)]))
            .collect();
        json!({
            "index": index,
            "name": function.name,
            "short": function.item_name(),
            "kind": kind,
            "resource": resource.map(|id| self.resource(id)),
            "params": params,
            "result": self.of_some(function.result.as_ref()),
            "signature": signature(&self.plan.resolve, function),
        })
    }

    fn group<'f>(
        &mut self,
        group: &Group,
        function: impl Fn(usize) -> Option<&'f Function>,
    ) -> Value {
        let functions = group.functions.iter();
        let functions: Vec<Value> = functions
            .filter_map(|at| Some(self.function(*at, function(*at)?)))
            .collect();
        json!({
            "isRoot": group.key.is_none(),
            "name": group.names.first().unwrap_or(&self.plan.name),
            "short": group.short,
            "specifiers": group.names,
            "functions": functions,
            "resources": group.resources,
        })
    }
}

impl Plan {
    fn name_of(&self, id: TypeId) -> Option<&str> {
        self.resolve.types.get(id)?.name.as_deref()
    }

    pub(super) fn describe(&self) -> Value {
        let mut types = Types {
            plan: self,
            list: Vec::new(),
            known: BTreeMap::new(),
        };
        let outside = |at: usize| match self.outside.get(at) {
            Some(Outside::Function(_, function)) => Some(&**function),
            Some(Outside::Handles(..)) | None => None,
        };
        let inside = |at: usize| match self.inside.get(at) {
            Some(Inside::Function(_, function)) => Some(&**function),
            Some(Inside::Destructor(..)) | None => None,
        };
        let groups = self.imports.iter();
        let imports: Vec<Value> = groups.map(|group| types.group(group, outside)).collect();
        let groups = self.exports.iter();
        let exports: Vec<Value> = groups.map(|group| types.group(group, inside)).collect();
        let resources: Vec<Value> = self
            .resources
            .iter()
            .map(|resource| {
                json!({
                    "name": self.name_of(resource.ty),
                    "isExported": resource.own.is_some(),
                    "drop": resource.drop,
                    "new": resource.own.map(|(new, _)| new),
                    "rep": resource.own.map(|(_, rep)| rep),
                })
            })
            .collect();
        json!({
            "world": self.name,
            "types": types.list,
            "resources": resources,
            "imports": imports,
            "exports": exports,
        })
    }
}
