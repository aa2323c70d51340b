//! The shape of the file. The JSON Schema is made from these very types, and their documentation
//! is its descriptions.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize as DeriveDeserialize;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::located::Located;
use crate::audit::{Detail, Flush};
use crate::limits::{LIMITS, LimitKey};
use crate::quantity::{Shown, Unit};
use crate::scope::{Mode, Scope};

/// What a run may do. A table that is absent denies everything in its scope; on the command line
/// `[stdio]`, `[clock]` and `[random]` are allowed where they are absent. Of all entries that match,
/// the strictest decides: deny over ask over allow over the table's default.
#[derive(Debug, DeriveDeserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "tollgate.toml")]
pub(super) struct Document {
    /// The version of this format.
    #[schemars(with = "VersionOne")]
    pub(super) version: Located<i64>,
    /// Files and folders of the guest's tree. Entries are `GLOB` (every operation) or `WORD:GLOB`
    /// with `read` (content, names, metadata), `write` (every change), or a single operation:
    /// `create_dir`, `readdir`, `stat`, `rm`, `rename`, `symlink`, `mount_sensitive`.
    pub(super) fs: Option<Table>,
    /// Connecting, sending and resolving, over TCP, UDP and HTTP: `HOST[:PORT]`, where HOST is a
    /// name, `*.name`, an address (`[::1]`), a block (`10.0.0.0/8`), `localhost`, or `*` (every
    /// public address), and PORT is a number, `a-b` or `*`. Binding and listening:
    /// `listen:ADDRESS[:PORT]`. A name reaches public addresses only.
    pub(super) network: Option<Table>,
    /// Requests of the HTTP client, besides those that `[network]` grants:
    /// `[METHOD ]SCHEME://HOST[:PORT]`. Without a port a grant means the scheme's own and a denial
    /// every one.
    pub(super) http: Option<HttpTable>,
    /// Programs that a guest may start: patterns of command names.
    pub(super) child_process: Option<Table>,
    /// Looking at processes.
    pub(super) process: Option<Table>,
    /// Environment variables: `NAME`, a pattern of names (inherited from the host), or `NAME=VALUE`.
    pub(super) env: Option<Table>,
    /// Tools: patterns of `toolkit:callback`.
    pub(super) tool: Option<Table>,
    /// Standard streams: `stdin`, `stdout`, `stderr`, `*`.
    pub(super) stdio: Option<Table>,
    /// Clocks: `wall`, `monotonic`, `*`.
    pub(super) clock: Option<Table>,
    /// Entropy: `secure`, `insecure`, `*`.
    pub(super) random: Option<Table>,
    /// Secrets: patterns of their names.
    pub(super) secret: Option<Table>,
    /// The host's control interface: patterns of its functions.
    pub(super) control: Option<Table>,
    /// Key-value stores: patterns of `store/key`, and of `store` for the store itself.
    pub(super) keyvalue: Option<Table>,
    /// Blob stores: patterns of `container/object`, and of `container` for the container itself.
    pub(super) blobstore: Option<Table>,
    /// Configuration: patterns of keys.
    pub(super) config: Option<Table>,
    /// Structured log messages.
    pub(super) logging: Option<Table>,
    /// Interfaces of other components or of the embedding program: patterns of `ns:pkg/name@version`.
    pub(super) link: Option<Table>,
    /// Files of the program that is run: patterns of their paths. Without it, a run of a program may load all of it.
    pub(super) program: Option<Table>,
    /// Folders of the host that the guest sees, and the use of what is in them. In a ceiling:
    /// folders that runs may mount; without any, runs mount none.
    #[serde(default)]
    pub(super) mount: Vec<MountTable>,
    /// Limits, as `--limit` takes them.
    #[serde(default)]
    pub(super) limits: LimitsTable,
    /// How the run is recorded.
    pub(super) audit: Option<AuditTable>,
}

impl Document {
    /// The tables of scopes that are there.
    pub(super) fn tables(&self) -> impl Iterator<Item = (Scope, TableRef<'_>)> {
        Scope::ALL
            .iter()
            .filter_map(|scope| Some((*scope, self.table(*scope)?)))
    }

    fn table(&self, scope: Scope) -> Option<TableRef<'_>> {
        let table = match scope {
            Scope::Http => return self.http.as_ref().map(HttpTable::as_table),
            Scope::Fs => &self.fs,
            Scope::Network => &self.network,
            Scope::ChildProcess => &self.child_process,
            Scope::Process => &self.process,
            Scope::Env => &self.env,
            Scope::Tool => &self.tool,
            Scope::Stdio => &self.stdio,
            Scope::Clock => &self.clock,
            Scope::Random => &self.random,
            Scope::Secret => &self.secret,
            Scope::Control => &self.control,
            Scope::Keyvalue => &self.keyvalue,
            Scope::Blobstore => &self.blobstore,
            Scope::Config => &self.config,
            Scope::Logging => &self.logging,
            Scope::Link => &self.link,
            Scope::Program => &self.program,
        };
        table.as_ref().map(Table::as_table)
    }
}

/// What a scope says. An empty table denies everything in it.
#[derive(Debug, DeriveDeserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// What holds where no entry matches; `deny` when absent.
    default: Option<Located<Mode>>,
    /// What is allowed.
    #[serde(default)]
    allow: Vec<Located<String>>,
    /// What a decider is asked about each time; denied where there is none.
    #[serde(default)]
    ask: Vec<Located<String>>,
    /// What is denied, whatever else says.
    #[serde(default)]
    deny: Vec<Located<String>>,
}

/// What the HTTP client may do.
#[derive(Debug, DeriveDeserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HttpTable {
    /// What holds where no entry matches; `deny` when absent.
    default: Option<Located<Mode>>,
    /// What is allowed.
    #[serde(default)]
    allow: Vec<Located<String>>,
    /// What a decider is asked about each time; denied where there is none.
    #[serde(default)]
    ask: Vec<Located<String>>,
    /// What is denied, whatever else says.
    #[serde(default)]
    deny: Vec<Located<String>>,
    /// Files with certificates that TLS trusts besides the system's, relative to this file.
    #[serde(default)]
    pub(super) ca: Vec<Located<String>>,
}

/// The common part of both kinds of table.
pub(super) struct TableRef<'a> {
    pub(super) default: Option<&'a Located<Mode>>,
    pub(super) lists: [(Mode, &'a [Located<String>]); 3],
}

impl Table {
    fn as_table(&self) -> TableRef<'_> {
        let Self {
            default,
            allow,
            ask,
            deny,
        } = self;
        TableRef::new(default.as_ref(), allow, ask, deny)
    }
}

impl HttpTable {
    fn as_table(&self) -> TableRef<'_> {
        let Self {
            default,
            allow,
            ask,
            deny,
            ca: _,
        } = self;
        TableRef::new(default.as_ref(), allow, ask, deny)
    }
}

impl<'a> TableRef<'a> {
    fn new(
        default: Option<&'a Located<Mode>>,
        allow: &'a [Located<String>],
        ask: &'a [Located<String>],
        deny: &'a [Located<String>],
    ) -> Self {
        Self {
            default,
            lists: [(Mode::Allow, allow), (Mode::Ask, ask), (Mode::Deny, deny)],
        }
    }
}

/// A folder of the host.
#[derive(Debug, DeriveDeserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MountTable {
    /// The folder, relative to this file.
    pub(super) host: Located<String>,
    /// Its name for the guest, and its place below `/`; `host` as it is written when absent. In a
    /// ceiling: the part of the guest's tree where it may stand; anywhere when absent.
    pub(super) guest: Option<Located<String>>,
    /// Whether nothing in it may be changed.
    #[serde(default)]
    pub(super) read_only: bool,
}

/// How the run is recorded.
#[derive(Debug, DeriveDeserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditTable {
    /// The file that records go to, relative to this file; memory when absent.
    pub(super) file: Option<Located<String>>,
    /// When records become durable.
    pub(super) flush: Option<Flush>,
    /// What becomes one record.
    pub(super) detail: Option<Detail>,
    /// Size at which a new file begins, as in `64MiB`.
    pub(super) rotate: Option<Located<Quantity>>,
}

/// `version = 1`.
struct VersionOne;

impl JsonSchema for VersionOne {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": 1 })
    }
}

/// A number with a unit in a string, or a bare number where the unit needs none.
#[derive(Clone, Debug)]
pub(super) enum Quantity {
    Number(u64),
    Text(String),
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct QuantityVisitor;

        impl Visitor<'_> for QuantityVisitor {
            type Value = Quantity;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a string with a number and its unit")
            }

            fn visit_u64<E>(self, value: u64) -> Result<Quantity, E> {
                Ok(Quantity::Number(value))
            }

            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Quantity, E> {
                let value = u64::try_from(value);
                value
                    .map(Quantity::Number)
                    .map_err(|_| E::custom("a limit is a positive number"))
            }

            fn visit_str<E>(self, value: &str) -> Result<Quantity, E> {
                Ok(Quantity::Text(value.to_owned()))
            }
        }

        deserializer.deserialize_any(QuantityVisitor)
    }
}

impl JsonSchema for Quantity {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Quantity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        quantity_schema(Unit::Bytes)
    }
}

fn quantity_schema(unit: Unit) -> Schema {
    match unit {
        Unit::Bytes => json_schema!({
            "oneOf": [
                { "type": "integer", "minimum": 1 },
                { "type": "string", "pattern": "^[0-9]+(B|KiB|MiB|GiB|TiB)?$" },
            ],
        }),
        Unit::Time => json_schema!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$" }),
        Unit::Count => json_schema!({
            "oneOf": [
                { "type": "integer", "minimum": 1 },
                { "type": "string", "pattern": "^[0-9]+$" },
            ],
        }),
    }
}

/// `[limits]`: the keys of `--limit`, from the one table of limits.
#[derive(Debug, Default)]
pub(super) struct LimitsTable(pub(super) Vec<(LimitKey, Located<Quantity>)>);

impl<'de> Deserialize<'de> for LimitsTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LimitsVisitor;

        impl<'de> Visitor<'de> for LimitsVisitor {
            type Value = LimitsTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of limits")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LimitsTable, A::Error> {
                let mut limits = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Located<Quantity>>()? {
                    limits.push((key.parse().map_err(A::Error::custom)?, value));
                }
                Ok(LimitsTable(limits))
            }
        }

        deserializer.deserialize_map(LimitsVisitor)
    }
}

impl JsonSchema for LimitsTable {
    fn schema_name() -> Cow<'static, str> {
        "Limits".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let properties: Map<String, Value> = LIMITS
            .iter()
            .map(|row| {
                let mut schema = quantity_schema(row.unit);
                let default = row.default.map_or_else(
                    || "No limit".to_owned(),
                    |value| Shown(row.unit, value).to_string(),
                );
                let description = format!("{} {default} when absent: {}.", row.what, row.reason);
                schema.insert("description".to_owned(), description.into());
                (row.key.to_owned(), schema.to_value())
            })
            .collect();
        json_schema!({
            "description": "Limits of a run.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}
