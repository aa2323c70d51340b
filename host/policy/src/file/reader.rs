//! From the text of a file to statements of a builder.

use std::ops::Range;

use serde::Deserialize as _;
use toml::de::DeTable;

use super::document::{AuditTable, Document, MountTable, Quantity};
use super::error::{FileError, FileErrors, FileProblem};
use super::located::{Located, Place};
use super::{schema, unknown};
use crate::bounds::LONGEST_FILE;
use crate::builder::{self, PolicyBuilder, Refusal};
use crate::grant::{self, DirGrant};
use crate::limits::LimitKey;
use crate::mount::RelativeTo;
use crate::policy::Role;
use crate::quantity::{self, Unit};
use crate::rule::{Origin, Source};
use crate::scope::{Mode, Scope};

/// Reads the file `name` into a builder.
pub(super) fn read(name: &str, text: &str, role: Role) -> Result<PolicyBuilder, FileErrors> {
    if text.len() > LONGEST_FILE {
        let problem = FileProblem::TooLong { length: text.len() };
        return Err(FileErrors::whole(name, problem));
    }
    let (document, mut errors) = parse(text);
    let Some(document) = document else {
        return Err(FileErrors::new(name, errors));
    };
    let mut reader = Reader {
        name,
        text,
        errors: Vec::new(),
        builder: PolicyBuilder::of_role(role),
    };
    reader.document(&document);
    errors.append(&mut reader.errors);
    if errors.is_empty() {
        Ok(reader.builder)
    } else {
        Err(FileErrors::new(name, errors))
    }
}

/// Parses the text; what can be read beside mistakes is still there, so that its mistakes are found
/// too.
fn parse(text: &str) -> (Option<Document>, Vec<FileError>) {
    let located = |error: &toml::de::Error, problem: fn(String) -> FileProblem| {
        let start = error.span().map_or(0, |span| span.start);
        // Only the message: the error's own display quotes the line, and with it a secret.
        FileError::at(Place::of(text, start), problem(error.message().to_owned()))
    };
    let (mut table, syntax) = DeTable::parse_recoverable(text);
    if !syntax.is_empty() {
        let errors = syntax
            .iter()
            .map(|error| located(error, FileProblem::Syntax))
            .collect();
        return (None, errors);
    }
    let mut errors = unknown::take_unknown(text, &schema::inlined(), table.get_mut());
    match Document::deserialize(toml::Deserializer::from(table)) {
        Ok(document) => (Some(document), errors),
        Err(error) => {
            errors.push(located(&error, FileProblem::Shape));
            (None, errors)
        }
    }
}

/// A statement of the file, before it is one.
enum Stated<'d> {
    Default(Scope, Mode),
    Item(Scope, Mode, &'d Located<String>),
    Mount(&'d MountTable),
    Limit(LimitKey, &'d Located<Quantity>),
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    errors: Vec<FileError>,
    builder: PolicyBuilder,
}

impl Reader<'_> {
    fn document(&mut self, document: &Document) {
        if document.version.value != 1 {
            let problem = FileProblem::Version(document.version.value);
            self.error(document.version.span.start, problem);
        }
        for (scope, _) in document.tables() {
            self.builder.mention(scope);
        }
        for (start, stated) in in_file_order(document) {
            self.state(start, &stated);
        }
        let authorities = document.http.iter().flat_map(|http| &http.ca);
        for path in authorities {
            self.authority(path);
        }
        if let Some(audit) = &document.audit {
            self.audit(audit);
        }
    }

    fn state(&mut self, start: usize, stated: &Stated<'_>) {
        match stated {
            Stated::Default(scope, mode) => {
                let statement = self.builder.statement(self.source(), &self.origin(start));
                self.builder.push_default(*scope, *mode, statement);
            }
            Stated::Item(scope, mode, text) => self.item(*scope, *mode, text),
            Stated::Mount(mount) => self.mount(mount),
            Stated::Limit(key, value) => self.limit(*key, value),
        }
    }

    fn item(&mut self, scope: Scope, mode: Mode, text: &Located<String>) {
        let (source, origin) = (self.source(), self.origin(text.span.start));
        if let Err(refusal) = self.builder.item(scope, mode, &text.value, source, &origin) {
            self.refuse(format!("[{scope}] {mode}"), text, refusal);
        }
    }

    fn mount(&mut self, mount: &MountTable) {
        let guest = mount.guest.as_ref();
        match DirGrant::new(&mount.host.value, guest.map(|guest| guest.value.as_str())) {
            Ok(grant) => {
                let grant = DirGrant {
                    read_only: mount.read_only,
                    ..grant
                };
                let origin = self.origin(mount.host.span.start);
                let statement = self.builder.statement(self.source(), &origin);
                self.builder
                    .push_mount(grant, RelativeTo::PolicyFile, statement);
            }
            Err(error @ grant::DirError::Guest(_)) => {
                let text = guest.unwrap_or(&mount.host);
                self.refuse("[[mount]] guest".to_owned(), text, (0, error.into()));
            }
            Err(error) => self.refuse("[[mount]] host".to_owned(), &mount.host, (0, error.into())),
        }
    }

    fn limit(&mut self, key: LimitKey, quantity: &Located<Quantity>) {
        let value = match &quantity.value {
            Quantity::Number(number) => key.check_value(*number),
            Quantity::Text(text) => key.parse_value(text),
        };
        match value {
            Ok(value) => {
                let origin = self.origin(quantity.span.start);
                self.builder.limits_mut().state(key, value, origin);
            }
            Err(error) => self.error(quantity.span.start, error.into()),
        }
    }

    fn authority(&mut self, path: &Located<String>) {
        match builder::host_path(&path.value, RelativeTo::PolicyFile) {
            Ok(path) => self.builder.push_authority(path),
            Err(problem) => self.refuse("[http] ca".to_owned(), path, (0, problem)),
        }
    }

    fn audit(&mut self, audit: &AuditTable) {
        if let Some(file) = &audit.file {
            match builder::host_path(&file.value, RelativeTo::PolicyFile) {
                Ok(path) => self.builder.audit_mut().file = Some(path),
                Err(problem) => self.refuse("[audit] file".to_owned(), file, (0, problem)),
            }
        }
        if let Some(rotate) = &audit.rotate {
            match rotation(&rotate.value) {
                Ok(size) => self.builder.audit_mut().rotate = Some(size),
                Err(error) => {
                    let message = format!("[audit] rotate: {error}");
                    self.error(rotate.span.start, FileProblem::Shape(message));
                }
            }
        }
        let stated = self.builder.audit_mut();
        stated.flush = audit.flush;
        stated.detail = audit.detail;
    }

    /// Reports a grant; the column is that of the slip inside the string where it can be told.
    fn refuse(&mut self, place: String, text: &Located<String>, (offset, problem): Refusal) {
        let start = text.span.start + self.inside(&text.span, &text.value, offset);
        let error = builder::refused(place, &text.value, (offset, problem));
        self.error(start, error.into());
    }

    /// How far behind the opening quote a byte of the value stands: known when the value is written
    /// without escapes.
    fn inside(&self, span: &Range<usize>, value: &str, offset: usize) -> usize {
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let quotes = raw
            .find(value)
            .filter(|quotes| raw.len() == value.len() + 2 * quotes);
        quotes.map_or(0, |quotes| quotes + offset)
    }

    fn error(&mut self, start: usize, problem: FileProblem) {
        self.errors
            .push(FileError::at(Place::of(self.text, start), problem));
    }

    fn origin(&self, start: usize) -> Origin {
        Origin::new(&format!(
            "{}:{}",
            self.name,
            Place::of(self.text, start).line
        ))
    }

    fn source(&self) -> Source {
        match self.builder.role() {
            Role::Run => Source::File,
            Role::Ceiling => Source::Ceiling,
        }
    }
}

/// Every statement with the byte at which it stands, from the top: rules are numbered in the order
/// in which a person reads them.
fn in_file_order(document: &Document) -> Vec<(usize, Stated<'_>)> {
    let mut stated = Vec::new();
    for (scope, table) in document.tables() {
        if let Some(default) = table.default {
            stated.push((default.span.start, Stated::Default(scope, default.value)));
        }
        for (mode, list) in table.lists {
            stated.extend(
                list.iter()
                    .map(|item| (item.span.start, Stated::Item(scope, mode, item))),
            );
        }
    }
    let mounts = document.mount.iter();
    stated.extend(mounts.map(|mount| (mount.host.span.start, Stated::Mount(mount))));
    let limits = document.limits.0.iter();
    stated.extend(limits.map(|(key, value)| (value.span.start, Stated::Limit(*key, value))));
    stated.sort_by_key(|(start, _)| *start);
    stated
}

/// The size at which audit files rotate: at least room for one large record.
fn rotation(quantity: &Quantity) -> Result<u64, quantity::QuantityError> {
    let largest = LimitKey::Audit.row().largest;
    match quantity {
        Quantity::Number(number) => quantity::check(Unit::Bytes, *number, largest),
        Quantity::Text(text) => quantity::parse(Unit::Bytes, text, largest),
    }
}
