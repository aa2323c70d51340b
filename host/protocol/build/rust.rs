//! What the types of an interface become: Rust types with the documentation of the WIT, and their codec.
//!
//! A record is written field after field, an enum and a variant as the number of the case and then what the case holds.
//! All else (numbers, texts, lists, maps, what may be absent) is `Wire` already, in `src/wire`.

use std::fmt::Write as _;

use wit_parser::{
    Docs, Enum, InterfaceId, PackageId, Record, Resolve, Type, TypeDef, TypeDefKind, TypeId,
    Variant,
};

use crate::names::{camel, snake};

/// What no `Debug` shows: a record, and its field.
const SECRET: [(&str, &str); 1] = [("authenticate-request", "auth-token")];

/// The derives that make a type one of the component model's, with the feature for it.
const DERIVES: &str =
    "wasmtime::component::ComponentType, wasmtime::component::Lift, wasmtime::component::Lower";

/// The file of an interface.
pub(crate) fn interface(resolve: &Resolve, package: PackageId, id: InterfaceId) -> String {
    let types = &resolve.interfaces[id].types;
    let mut writer = Writer {
        resolve,
        types: types.keys().map(String::as_str).collect(),
        out: String::new(),
    };
    for (name, id) in types {
        writer.definition(name, &resolve.types[*id]);
    }
    if types.contains_key("request-payload") {
        writer.answers(package);
    }
    writer.out
}

struct Writer<'a> {
    resolve: &'a Resolve,
    /// The names of the interface's types, to which documentation may refer.
    types: Vec<&'a str>,
    out: String,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn definition(&mut self, name: &str, definition: &TypeDef) {
        self.docs("", name, &definition.docs);
        match &definition.kind {
            TypeDefKind::Record(record) => self.record(name, record),
            TypeDefKind::Variant(variant) => self.variant(name, variant),
            TypeDefKind::Enum(cases) => self.enumeration(name, cases),
            TypeDefKind::Type(aliased) => {
                let line = format!("pub type {} = {};", camel(name), self.rust(aliased));
                self.line(&line);
            }
            kind => panic!("{name} is a {}, which no frame holds", kind.as_str()),
        }
    }

    /// The documentation of the WIT. Everything has some, as it is what people have of the protocol. The name of another
    /// type becomes a link to it.
    fn docs(&mut self, indent: &str, name: &str, docs: &Docs) {
        let text = docs.contents.as_deref().unwrap_or_default().trim();
        assert!(!text.is_empty(), "{name} has no documentation");
        for line in text.lines() {
            let mut line = line.trim_end().to_owned();
            for name in &self.types {
                line = line.replace(&format!("`{name}`"), &format!("[`{}`]", camel(name)));
            }
            let line = format!("{indent}/// {line}");
            self.line(line.trim_end());
        }
    }

    fn attributes(&mut self, name: &str, derives: &str, style: &str) {
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

    fn record(&mut self, name: &str, record: &Record) {
        // A list of what takes no bytes could be of any length in none.
        assert!(!record.fields.is_empty(), "{name} has no fields");
        let secret = |field: &str| SECRET.contains(&(name, field));
        let secrets = record.fields.iter().any(|field| secret(&field.name));
        let derives = if secrets {
            "Clone, PartialEq, Eq"
        } else {
            "Clone, Debug, PartialEq, Eq"
        };
        self.attributes(name, derives, "record");
        for field in &record.fields {
            self.docs("    ", &field.name, &field.docs);
            self.component_name(&field.name);
            let line = format!("    pub {}: {},", snake(&field.name), self.rust(&field.ty));
            self.line(&line);
        }
        self.line("}");

        let (mut least, mut encode, mut decode) = (Vec::new(), String::new(), String::new());
        for field in &record.fields {
            let (field, of) = (snake(&field.name), self.rust(&field.ty));
            least.push(format!("<{of} as Wire>::LEAST"));
            writeln!(encode, "        self.{field}.encode(sink);").expect("a string takes it");
            writeln!(decode, "            {field}: Wire::decode(reader)?,")
                .expect("a string takes it");
        }
        let decode = format!("        Ok(Self {{\n{decode}        }})\n");
        self.codec(name, &least.join(" + "), &encode, &decode);
        if secrets {
            self.debug(name, record, secret);
        }
    }

    fn debug(&mut self, name: &str, record: &Record, secret: impl Fn(&str) -> bool) {
        let name = camel(name);
        self.line(&format!("impl fmt::Debug for {name} {{"));
        self.line("    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {");
        self.line(&format!("        f.debug_struct(\"{name}\")"));
        for field in &record.fields {
            let rust = snake(&field.name);
            let shown = if secret(&field.name) {
                "&format_args!(\"(not shown)\")".to_owned()
            } else {
                format!("&self.{rust}")
            };
            self.line(&format!("            .field(\"{rust}\", {shown})"));
        }
        self.line("            .finish()\n    }\n}");
    }

    fn variant(&mut self, name: &str, variant: &Variant) {
        self.attributes(name, "Clone, Debug, PartialEq, Eq", "variant");
        let (mut encode, mut decode) = (String::new(), String::new());
        let mut least = Vec::new();
        for (tag, case) in variant.cases.iter().enumerate() {
            self.docs("    ", &case.name, &case.docs);
            self.component_name(&case.name);
            let of = case.ty.as_ref().map(|ty| self.rust(ty));
            let (rust, holds) = (camel(&case.name), of.as_ref());
            let line = match holds {
                Some(of) => format!("    {rust}({of}),"),
                None => format!("    {rust},"),
            };
            self.line(&line);
            let arm = if holds.is_some() {
                format!(
                    "            Self::{rust}(holds) => {{\n                sink.uint({tag});\n                holds.encode(sink);\n            }}\n"
                )
            } else {
                format!("            Self::{rust} => sink.uint({tag}),\n")
            };
            encode.push_str(&arm);
            let arm = match holds {
                Some(_) => format!("            {tag} => Self::{rust}(Wire::decode(reader)?),\n"),
                None => format!("            {tag} => Self::{rust},\n"),
            };
            decode.push_str(&arm);
            least.push(match holds {
                Some(of) => format!("<{of} as Wire>::LEAST"),
                None => "0".to_owned(),
            });
        }
        self.line("}");
        let least = format!("1 + least_of(&[{}])", least.join(", "));
        let encode = format!("        match self {{\n{encode}        }}\n");
        self.codec(name, &least, &encode, &chosen(name, &decode));
        let cases = variant
            .cases
            .iter()
            .map(|case| (case.name.as_str(), case.ty.is_some()));
        self.names(name, "name", cases);
    }

    fn enumeration(&mut self, name: &str, cases: &Enum) {
        self.attributes(name, "Clone, Copy, Debug, PartialEq, Eq, Hash", "enum");
        let mut decode = String::new();
        for (tag, case) in cases.cases.iter().enumerate() {
            self.docs("    ", &case.name, &case.docs);
            self.component_name(&case.name);
            let rust = camel(&case.name);
            self.line(&format!("    {rust},"));
            writeln!(decode, "            {tag} => Self::{rust},").expect("a string takes it");
        }
        self.line("}");
        let encode = "        sink.uint(*self as u64);\n";
        self.codec(name, "1", encode, &chosen(name, &decode));
        let cases = cases.cases.iter().map(|case| (case.name.as_str(), false));
        self.names(name, "name", cases);
    }

    fn codec(&mut self, name: &str, least: &str, encode: &str, decode: &str) {
        self.line(&format!("impl Wire for {} {{", camel(name)));
        self.line(&format!("    const LEAST: usize = {least};"));
        self.line("    fn encode(&self, sink: &mut impl Sink) {");
        self.out.push_str(encode);
        self.line("    }");
        self.line("    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {");
        self.out.push_str(decode);
        self.line("    }\n}");
    }

    fn names<'n>(
        &mut self,
        of: &str,
        function: &str,
        cases: impl Iterator<Item = (&'n str, bool)>,
    ) {
        self.line(&format!("impl {} {{", camel(of)));
        self.line("    /// The name that `wit/sidecar` has for this case.");
        self.line("    #[must_use]");
        self.line(&format!(
            "    pub const fn {function}(&self) -> &'static str {{\n        match self {{"
        ));
        for (case, holds) in cases {
            let holds = if holds { "(_)" } else { "" };
            self.line(&format!(
                "            Self::{}{holds} => \"{case}\",",
                camel(case)
            ));
        }
        self.line("        }\n    }\n}");
    }

    /// Which answer belongs to which request: what the function of `control` for it gives.
    fn answers(&mut self, package: PackageId) {
        let control = self.resolve.packages[package].interfaces["control"];
        let requests = self.find(package, "request-payload");
        let TypeDefKind::Variant(requests) = &self.resolve.types[requests].kind else {
            panic!("request-payload is no variant");
        };
        self.line("impl RequestPayload {");
        self.line("    /// The name of the answer that is no refusal.");
        self.line("    #[must_use]");
        self.line("    pub const fn answer_name(&self) -> &'static str {\n        match self {");
        for case in &requests.cases {
            let function = match case.name.as_str() {
                "ext-envelope" => "ext",
                name => name.strip_suffix("-request").expect("a request's name"),
            };
            let function = &self.resolve.interfaces[control].functions[function];
            let answer = self.answer(function.result.as_ref().expect("it is answered"));
            let holds = if case.ty.is_some() { "(_)" } else { "" };
            self.line(&format!(
                "            Self::{}{holds} => \"{answer}\",",
                camel(&case.name)
            ));
        }
        self.line("        }\n    }\n}");
    }

    fn find(&self, package: PackageId, name: &str) -> TypeId {
        let types = self.resolve.packages[package].interfaces["types"];
        self.resolve.interfaces[types].types[name]
    }

    /// The name of what a `result<…, rejected-response>` gives.
    fn answer(&self, result: &Type) -> String {
        let Type::Id(id) = result else {
            panic!("an answer is a result")
        };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Result(result) => {
                let Some(Type::Id(ok)) = &result.ok else {
                    panic!("an answer has a type")
                };
                self.resolve.types[*ok].name.clone().expect("of a name")
            }
            kind => panic!("an answer is a {}", kind.as_str()),
        }
    }

    fn rust(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "bool".to_owned(),
            Type::U8 => "u8".to_owned(),
            Type::U16 => "u16".to_owned(),
            Type::U32 => "u32".to_owned(),
            Type::U64 => "u64".to_owned(),
            Type::S32 => "i32".to_owned(),
            Type::S64 => "i64".to_owned(),
            Type::String => "String".to_owned(),
            Type::Id(id) => self.compound(*id),
            other => panic!("{other:?} is in no frame"),
        }
    }

    fn compound(&self, id: TypeId) -> String {
        let definition = &self.resolve.types[id];
        if let Some(name) = &definition.name {
            return camel(name);
        }
        match &definition.kind {
            TypeDefKind::List(item) => format!("Vec<{}>", self.rust(item)),
            TypeDefKind::Option(value) => format!("Option<{}>", self.rust(value)),
            TypeDefKind::Tuple(tuple) => {
                let [key, value] = tuple.types.as_slice() else {
                    panic!("a tuple that is no pair of a map's")
                };
                format!("({}, {})", self.rust(key), self.rust(value))
            }
            kind => panic!("a {} is in no frame", kind.as_str()),
        }
    }
}

/// What reads a number and makes the case of it.
fn chosen(name: &str, arms: &str) -> String {
    format!(
        "        Ok(match reader.tag()? {{\n{arms}            tag => return Err(reader.unknown(\"{name}\", tag)),\n        }})\n"
    )
}
