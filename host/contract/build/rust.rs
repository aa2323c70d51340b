//! What an interface becomes: Rust types with the documentation of the WIT, and a trait of its functions.

use std::fmt::Write as _;

use wit_parser::{
    Docs, Function, Interface, InterfaceId, PackageId, Resolve, Type, TypeDef, TypeDefKind, TypeId,
};

use crate::names::{camel, snake};

/// The derives that make a type one of the component model's, with the feature for it.
const DERIVES: &str =
    "wasmtime::component::ComponentType, wasmtime::component::Lift, wasmtime::component::Lower";

/// What the trait of an interface is called. One without functions has none.
fn trait_name(interface: &str) -> &'static str {
    match interface {
        "filesystem" => "FilesystemBridge",
        "permissions" => "PermissionBridge",
        "persistence" => "PersistenceBridge",
        "clock" => "ClockBridge",
        "random" => "RandomBridge",
        "events" => "EventBridge",
        "execution" => "ExecutionBridge",
        other => panic!("{other} is no bridge"),
    }
}

/// The file of an interface.
pub(crate) fn interface(resolve: &Resolve, id: InterfaceId) -> String {
    let interface = &resolve.interfaces[id];
    let mut writer = Writer {
        resolve,
        interface,
        out: String::new(),
    };
    for (name, id) in &interface.types {
        writer.definition(name, &resolve.types[*id]);
    }
    if !interface.functions.is_empty() {
        writer.bridge();
    }
    writer.out
}

/// The list of all methods.
pub(crate) fn methods(resolve: &Resolve, package: PackageId) -> String {
    let mut out =
        String::from("/// Every method of every bridge.\npub const METHODS: &[Method] = &[\n");
    for (name, id) in &resolve.packages[package].interfaces {
        for function in resolve.interfaces[*id].functions.values() {
            let fields: Vec<_> = fields(resolve, function)
                .iter()
                .map(|field| format!("{field:?}"))
                .collect();
            writeln!(
                out,
                "    Method {{ interface: {name:?}, name: {:?}, fields: &[{}] }},",
                function.name,
                fields.join(", ")
            )
            .expect("a string takes it");
        }
    }
    out.push_str("];\n");
    out
}

/// The fields of the one record that a function takes.
fn fields(resolve: &Resolve, function: &Function) -> Vec<String> {
    let [param] = function.params.as_slice() else {
        panic!("{} takes one record", function.name)
    };
    let Type::Id(id) = param.ty else {
        panic!("{} takes one record", function.name)
    };
    match &resolve.types[followed(resolve, id)].kind {
        TypeDefKind::Record(record) => record
            .fields
            .iter()
            .map(|field| field.name.clone())
            .collect(),
        kind => panic!("{} takes a {}", function.name, kind.as_str()),
    }
}

/// The type that a name stands for, through `use`.
fn followed(resolve: &Resolve, id: TypeId) -> TypeId {
    match resolve.types[id].kind {
        TypeDefKind::Type(Type::Id(of)) => followed(resolve, of),
        _ => id,
    }
}

struct Writer<'a> {
    resolve: &'a Resolve,
    interface: &'a Interface,
    out: String,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// The documentation of the WIT. The name of a type of this interface becomes a link to it.
    fn docs(&mut self, indent: &str, name: &str, docs: &Docs) {
        let text = docs.contents.as_deref().unwrap_or_default().trim();
        assert!(!text.is_empty(), "{name} has no documentation");
        let types: Vec<_> = self.interface.types.keys().cloned().collect();
        for line in text.lines() {
            let mut line = line.trim_end().to_owned();
            for name in &types {
                line = line.replace(&format!("`{name}`"), &format!("[`{}`]", camel(name)));
            }
            let line = format!("{indent}/// {line}");
            self.line(line.trim_end());
        }
    }

    fn definition(&mut self, name: &str, definition: &TypeDef) {
        match &definition.kind {
            // A `use`: its own module has it.
            TypeDefKind::Type(Type::Id(of)) => {
                let of = self.resolve.types[*of].name.as_deref();
                assert_eq!(of, Some(name), "{name} is used under its own name");
                self.line(&format!("pub use super::types::{};", camel(name)));
                return;
            }
            _ => self.docs("", name, &definition.docs),
        }
        match &definition.kind {
            TypeDefKind::Record(record) => {
                self.head(name, "Clone, Debug, PartialEq, Eq", "record");
                for field in &record.fields {
                    self.docs("    ", &field.name, &field.docs);
                    self.component_name(&field.name);
                    let ty = self.rust(&field.ty);
                    self.line(&format!("    pub {}: {ty},", snake(&field.name)));
                }
                self.line("}");
            }
            TypeDefKind::Enum(cases) => {
                self.head(name, "Clone, Copy, Debug, PartialEq, Eq, Hash", "enum");
                for case in &cases.cases {
                    self.docs("    ", &case.name, &case.docs);
                    self.component_name(&case.name);
                    self.line(&format!("    {},", camel(&case.name)));
                }
                self.line("}");
                self.names(name, cases.cases.iter().map(|case| case.name.as_str()));
            }
            TypeDefKind::Variant(variant) => {
                self.head(name, "Clone, Debug, PartialEq, Eq", "variant");
                for case in &variant.cases {
                    self.docs("    ", &case.name, &case.docs);
                    self.component_name(&case.name);
                    let holds = case.ty.as_ref().map(|ty| format!("({})", self.rust(ty)));
                    let line = format!("    {}{},", camel(&case.name), holds.unwrap_or_default());
                    self.line(&line);
                }
                self.line("}");
            }
            TypeDefKind::Type(_) | TypeDefKind::Tuple(_) => {
                let of = self.shape(&definition.kind);
                self.line(&format!("pub type {} = {of};", camel(name)));
            }
            kind => panic!("{name} is a {}", kind.as_str()),
        }
    }

    fn head(&mut self, name: &str, derives: &str, style: &str) {
        self.line(&format!("#[derive({derives})]"));
        self.line(&format!(
            "#[cfg_attr(feature = \"component\", derive({DERIVES}), component({style}))]"
        ));
        if style == "enum" {
            self.line("#[repr(u8)]");
        }
        let what = if style == "record" { "struct" } else { "enum" };
        self.line(&format!("pub {what} {} {{", camel(name)));
    }

    fn component_name(&mut self, name: &str) {
        self.line(&format!(
            "    #[cfg_attr(feature = \"component\", component(name = \"{name}\"))]"
        ));
    }

    fn names<'n>(&mut self, of: &str, cases: impl Iterator<Item = &'n str>) {
        self.line(&format!("impl {} {{", camel(of)));
        self.line("    /// The name that `wit/host-bridge` has for this case.");
        self.line("    #[must_use]");
        self.line("    pub const fn name(self) -> &'static str {\n        match self {");
        for case in cases {
            self.line(&format!("            Self::{} => {case:?},", camel(case)));
        }
        self.line("        }\n    }\n}");
    }

    /// The trait, and that whatever is shared is a bridge as well.
    fn bridge(&mut self) {
        let interface = self.interface;
        let name = interface.name.as_deref().expect("of a name");
        let bridge = trait_name(name);
        let methods: Vec<_> = interface
            .functions
            .values()
            .map(|of| self.method(of))
            .collect();
        self.docs("", name, &interface.docs);
        self.line("#[async_trait::async_trait]");
        self.line(&format!("pub trait {bridge}: Send + Sync {{"));
        for (function, method) in interface.functions.values().zip(&methods) {
            self.docs("    ", &function.name, &function.docs);
            self.line("    ///\n    /// # Errors\n    ///\n    /// What the bridge says.");
            self.line(&format!("    {method};"));
        }
        self.line("}");
        self.line("#[async_trait::async_trait]");
        self.line(&format!(
            "impl<T: {bridge} + ?Sized> {bridge} for std::sync::Arc<T> {{"
        ));
        for (function, method) in interface.functions.values().zip(&methods) {
            let [param] = function.params.as_slice() else {
                panic!("{} takes one record", function.name)
            };
            let call = format!(
                "(**self).{}({}).await",
                snake(&function.name),
                snake(&param.name)
            );
            self.line(&format!("    {method} {{\n        {call}\n    }}"));
        }
        self.line("}");
    }

    fn method(&self, function: &Function) -> String {
        let [param] = function.params.as_slice() else {
            panic!("{} takes one record", function.name)
        };
        let result = function.result.as_ref().expect("it may fail");
        format!(
            "async fn {}(&self, {}: {}) -> {}",
            snake(&function.name),
            snake(&param.name),
            self.rust(&param.ty),
            self.rust(result)
        )
    }

    fn rust(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "bool".to_owned(),
            Type::U8 => "u8".to_owned(),
            Type::U32 => "u32".to_owned(),
            Type::U64 => "u64".to_owned(),
            Type::S32 => "i32".to_owned(),
            Type::S64 => "i64".to_owned(),
            Type::String => "String".to_owned(),
            Type::Id(id) => {
                let definition = &self.resolve.types[*id];
                match &definition.name {
                    Some(name) => camel(name),
                    None => self.shape(&definition.kind),
                }
            }
            other => panic!("{other:?} is in no bridge"),
        }
    }

    fn shape(&self, kind: &TypeDefKind) -> String {
        let or_unit = |ty: &Option<Type>| ty.as_ref().map_or("()".to_owned(), |ty| self.rust(ty));
        match kind {
            TypeDefKind::List(of) => format!("Vec<{}>", self.rust(of)),
            TypeDefKind::Option(of) => format!("Option<{}>", self.rust(of)),
            TypeDefKind::Result(result) => {
                format!("Result<{}, {}>", or_unit(&result.ok), or_unit(&result.err))
            }
            TypeDefKind::Tuple(tuple) => {
                let of: Vec<_> = tuple.types.iter().map(|ty| self.rust(ty)).collect();
                format!("({})", of.join(", "))
            }
            TypeDefKind::Type(of) => self.rust(of),
            kind => panic!("a {} is in no bridge", kind.as_str()),
        }
    }
}
