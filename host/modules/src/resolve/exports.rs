//! `exports` and `imports` of a package.json: which file a subpath or a `#name` stands for. Both algorithms share it.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::error::clipped;
use super::package::Package;
use super::url::{self, FileUrl, Url};
use super::{ResolveError, Resolver, Way};
use crate::Files;
use crate::bounds::LONGEST_PATH;

/// What a target leads to.
#[derive(Clone, Debug)]
pub(super) enum Target {
    File(FileUrl),
    Builtin(String),
}

/// What came of trying a target that is no error. The difference is Node's: of two conditions that hold, the second is
/// tried if the first leads nowhere, and not if it says `null`.
enum Tried {
    Found(Target),
    Null,
    Undefined,
}

/// One entry of `exports` or `imports` that is being followed.
struct Entry<'a> {
    package: &'a Package,
    key: &'a str,
    /// What `*` stands for, if the key is a pattern.
    star: Option<&'a str>,
    imports: bool,
    from: Option<&'a str>,
    way: Way,
}

impl<F: Files> Resolver<F> {
    /// What `subpath` (`.` or `./…`) of `package` is, by its `exports`.
    pub(super) fn exported(
        &mut self,
        package: &Arc<Package>,
        subpath: &str,
        from: Option<&str>,
        way: Way,
    ) -> Result<Target, ResolveError> {
        let not_exported = || ResolveError::NotExported {
            package: package.folder_with_slash(),
            subpath: subpath.to_owned(),
            from: from.map(str::to_owned),
        };
        let whole;
        let exports = match &package.exports {
            Some(exports) if is_main_alone(exports, package, from)? => {
                whole = Map::from_iter([(".".to_owned(), exports.clone())]);
                &whole
            }
            Some(Value::Object(exports)) => exports,
            _ => return Err(not_exported()),
        };
        let exact = exports.get_key_value(subpath);
        let found = match exact.filter(|_| !subpath.contains('*') && !subpath.ends_with('/')) {
            Some((key, value)) => Some((key.as_str(), value, None)),
            None => best_pattern(exports, subpath),
        };
        let Some((key, value, star)) = found else {
            return Err(not_exported());
        };
        let entry = Entry {
            package,
            key,
            star,
            imports: false,
            from,
            way,
        };
        match self.follow(&entry, value)? {
            Tried::Found(target) => Ok(target),
            Tried::Null | Tried::Undefined => Err(not_exported()),
        }
    }

    /// What `#name` is in the module at `from`.
    pub(super) fn imported(
        &mut self,
        name: &str,
        from: &str,
        way: Way,
    ) -> Result<Target, ResolveError> {
        if name == "#" || name.starts_with("#/") || name.ends_with('/') {
            return Err(ResolveError::InvalidSpecifier {
                request: name.to_owned(),
                reason: "is not a valid internal imports specifier name".to_owned(),
                from: Some(from.to_owned()),
            });
        }
        let scope = self.scope(from, Way::Import)?;
        if let Some(package) = &scope
            && let Some(Value::Object(imports)) = &package.imports
        {
            let exact = imports.get_key_value(name).filter(|_| !name.contains('*'));
            let found = match exact {
                Some((key, value)) => Some((key.as_str(), value, None)),
                None => best_pattern(imports, name),
            };
            if let Some((key, value, star)) = found {
                let entry = Entry {
                    package,
                    key,
                    star,
                    imports: true,
                    from: Some(from),
                    way,
                };
                if let Tried::Found(target) = self.follow(&entry, value)? {
                    return Ok(target);
                }
            }
        }
        Err(ResolveError::ImportNotDefined {
            specifier: name.to_owned(),
            package: scope.map(|package| package.folder_with_slash()),
            from: from.to_owned(),
        })
    }

    /// Follows what stands at an entry. The depth is that of the file, which its parser bounds.
    fn follow(&mut self, entry: &Entry<'_>, target: &Value) -> Result<Tried, ResolveError> {
        match target {
            Value::String(target) => self.follow_text(entry, target),
            Value::Array(targets) => self.follow_first(entry, targets),
            Value::Object(conditions) => {
                if conditions.keys().any(|key| is_array_index(key)) {
                    return Err(invalid_config(
                        entry.package,
                        entry.from,
                        "\"exports\" cannot contain numeric property keys.",
                    ));
                }
                for (condition, target) in conditions {
                    if self.has_condition(condition, entry.way) {
                        match self.follow(entry, target)? {
                            Tried::Undefined => {}
                            tried => return Ok(tried),
                        }
                    }
                }
                Ok(Tried::Undefined)
            }
            Value::Null => Ok(Tried::Null),
            Value::Bool(_) | Value::Number(_) => Err(entry.invalid(&target.to_string())),
        }
    }

    /// The first of several targets that is valid. That its file is not there is no reason to try the next.
    fn follow_first(
        &mut self,
        entry: &Entry<'_>,
        targets: &[Value],
    ) -> Result<Tried, ResolveError> {
        let mut last = Ok(if targets.is_empty() {
            Tried::Null
        } else {
            Tried::Undefined
        });
        for target in targets {
            match self.follow(entry, target) {
                Err(error @ ResolveError::InvalidTarget { .. }) => last = Err(error),
                Ok(Tried::Undefined) => {}
                Ok(Tried::Null) => last = Ok(Tried::Null),
                other => return other,
            }
        }
        last
    }

    fn follow_text(&mut self, entry: &Entry<'_>, target: &str) -> Result<Tried, ResolveError> {
        let Some(inside) = target.strip_prefix("./") else {
            // `imports` may lead to other packages, by name.
            if entry.imports
                && !target.starts_with('/')
                && !target.starts_with("../")
                && !matches!(url::parse(target), Ok(Some(_)) | Err(_))
            {
                let name = entry.with_star(target)?;
                let from = entry.package.path();
                return self
                    .package_target(&name, &from, entry.way)
                    .map(Tried::Found);
            }
            return Err(entry.invalid(target));
        };
        if has_forbidden_name(inside) {
            return Err(entry.invalid(target));
        }
        let file = FileUrl::of_path(&entry.package.path());
        let resolved = file.join(target)?;
        let folder = FileUrl::of_path(&entry.package.folder_with_slash());
        if !resolved.path.starts_with(&folder.path) {
            return Err(entry.invalid(target));
        }
        let Some(star) = entry.star.filter(|star| !star.is_empty()) else {
            return Ok(Tried::Found(Target::File(resolved)));
        };
        if has_forbidden_name(star) {
            return Err(ResolveError::InvalidSpecifier {
                request: entry.key.replacen('*', star, 1),
                reason: format!(
                    "request is not a valid match in pattern \"{}\" for the \"{}\" resolution of {}",
                    clipped(entry.key),
                    entry.field(),
                    entry.package.path(),
                ),
                from: entry.from.map(str::to_owned),
            });
        }
        match url::parse(&entry.with_star(&resolved.href())?)? {
            Some(Url::File(url)) => Ok(Tried::Found(Target::File(url))),
            _ => Err(ResolveError::InvalidUrl),
        }
    }
}

impl Entry<'_> {
    fn field(&self) -> &'static str {
        if self.imports { "imports" } else { "exports" }
    }

    fn invalid(&self, target: &str) -> ResolveError {
        ResolveError::InvalidTarget {
            package: self.package.folder_with_slash(),
            key: self.key.to_owned(),
            target: clipped(target).to_owned(),
            imports: self.imports,
            from: self.from.map(str::to_owned),
        }
    }

    /// `target` with each `*` replaced. Its length is looked at first: a package.json of stars would multiply the
    /// specifier.
    fn with_star(&self, target: &str) -> Result<String, ResolveError> {
        let Some(star) = self.star else {
            return Ok(target.to_owned());
        };
        let stars = target.matches('*').count();
        // A path has at most this many bytes, each of which may be encoded in three.
        if target.len() + stars.saturating_mul(star.len()) > 4 * LONGEST_PATH {
            return Err(ResolveError::TooMuch {
                request: self.key.replacen('*', star, 1),
            });
        }
        Ok(target.replace('*', star))
    }
}

fn invalid_config(package: &Package, from: Option<&str>, message: &str) -> ResolveError {
    ResolveError::InvalidConfig {
        path: package.path(),
        importing: from.map(|from| FileUrl::of_path(from).href()),
        message: message.to_owned(),
    }
}

/// Whether `exports` describes the package's main file alone, and has no subpaths.
fn is_main_alone(
    exports: &Value,
    package: &Package,
    from: Option<&str>,
) -> Result<bool, ResolveError> {
    let fields = match exports {
        Value::String(_) | Value::Array(_) => return Ok(true),
        Value::Object(fields) => fields,
        _ => return Ok(false),
    };
    let mut conditions = fields.keys().map(|key| !key.starts_with('.'));
    let first = conditions.next().unwrap_or(false);
    if conditions.any(|other| other != first) {
        return Err(invalid_config(
            package,
            from,
            "\"exports\" cannot contain some keys starting with '.' and some not. The exports object must either be an \
             object of package subpath keys or an object of main entry condition name keys only.",
        ));
    }
    Ok(first)
}

/// The pattern that says most about `request`, what is there, and what its `*` stands for.
fn best_pattern<'a>(
    entries: &'a Map<String, Value>,
    request: &'a str,
) -> Option<(&'a str, &'a Value, Option<&'a str>)> {
    let mut best: Option<(&str, &Value, Option<&str>)> = None;
    for (key, value) in entries {
        let Some((before, after)) = key.split_once('*') else {
            continue;
        };
        let Some(star) = request
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
        else {
            continue;
        };
        // Length is counted as JavaScript counts it; a star that stands for nothing is no match.
        let longer = request.encode_utf16().count() >= key.encode_utf16().count();
        let better = best.is_none_or(|(best, ..)| specificity(key, best) == Ordering::Greater);
        if longer && better && !after.contains('*') {
            best = Some((key, value, Some(star)));
        }
    }
    best
}

/// Which of two patterns says more: the one with more before its `*`, and of two with as much, the longer.
fn specificity(one: &str, other: &str) -> Ordering {
    let measure = |key: &str| {
        let before = key.split('*').next().unwrap_or(key);
        (before.encode_utf16().count(), key.encode_utf16().count())
    };
    measure(one).cmp(&measure(other))
}

/// Whether a name on the way would leave the package or go into its `node_modules`, however it is encoded.
fn has_forbidden_name(path: &str) -> bool {
    path.split(['/', '\\']).any(|name| {
        let name = url::decoded(name).unwrap_or_else(|| name.to_owned());
        matches!(name.as_str(), "." | "..") || name.eq_ignore_ascii_case("node_modules")
    })
}

/// Whether JavaScript would take the key for a number and so put it before the others, whatever their order.
fn is_array_index(key: &str) -> bool {
    key.parse::<f64>()
        .is_ok_and(|number| (0.0..4_294_967_295.0).contains(&number) && number.to_string() == key)
}
