//! The audit log of a run: where it lies, who signs it, and how it is kept.

use std::path::{Path, PathBuf};

use tollgate_audit::{Flush, Log, LogOptions, SigningKey};
use tollgate_policy::{AuditSettings, Detail};

use crate::exit::Failure;
use crate::host::environment;
use crate::host::folders::{self, Bases, Own};

/// A log that is not open yet.
pub(crate) struct Place {
    options: LogOptions,
    /// The file and the key, unless the log is kept in memory.
    file: Option<(PathBuf, PathBuf)>,
}

impl Place {
    /// Where the policy wants the log.
    pub(crate) fn new(
        settings: &AuditSettings,
        key: Option<&Path>,
        bases: &Bases,
    ) -> Result<Self, Failure> {
        let options = options(settings);
        let Some(file) = &settings.file else {
            return Ok(Self {
                options,
                file: None,
            });
        };
        let base = match settings.is_file_of_ceiling {
            true => &bases.ceiling,
            false => &bases.policy,
        };
        let path = folders::place(&file.path, file.relative_to, base);
        let own_key = || environment::configuration().map(|folder| folder.join("audit.key"));
        let key = key.map(Path::to_path_buf).or_else(own_key).ok_or_else(|| {
            let how = "set HOME or XDG_CONFIG_HOME, or give --audit-key";
            Failure::Usage(format!("there is no folder for the audit key: {how}"))
        })?;
        Ok(Self {
            options,
            file: Some((path, key)),
        })
    }

    /// Folders that a guest must not reach, for the log's sake.
    pub(crate) fn own_folders(&self) -> impl Iterator<Item = Own> {
        let user = environment::configuration().map(|path| Own {
            what: "the configuration, with the key that signs audit logs",
            path,
            secret: true,
            entire: true,
        });
        let files = self.file.iter().flat_map(|(log, key)| {
            let log = Own {
                what: "the audit log",
                path: folder(log),
                secret: false,
                entire: false,
            };
            let key = Own {
                what: "the key of the audit log",
                path: folder(key),
                secret: true,
                entire: false,
            };
            [log, key]
        });
        // Without a folder there is no key in it yet, and its nearest folder that exists holds anything.
        user.filter(|own| folders::exists(&own.path))
            .into_iter()
            .chain(files.collect::<Vec<_>>())
    }

    /// Opens the log, making file and key where they are missing.
    pub(crate) fn open(self) -> Result<Log, Failure> {
        let Some((path, key_file)) = self.file else {
            return Ok(Log::memory(self.options));
        };
        let failed = |file: &Path| {
            let file = file.display().to_string();
            move |cause| Failure::AuditOpen { file, cause }
        };
        let key = SigningKey::load_or_create(&key_file).map_err(failed(&key_file))?;
        Log::file(&path, key, self.options).map_err(failed(&path))
    }
}

/// The folder that a file lies in; the working directory for a bare name.
fn folder(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) => parent.to_path_buf(),
        None => PathBuf::from("/"),
    }
}

fn options(settings: &AuditSettings) -> LogOptions {
    let flush = match settings.flush {
        tollgate_policy::Flush::Batch => Flush::Batch,
        tollgate_policy::Flush::Each => Flush::Each,
    };
    let detail = match settings.detail {
        Detail::Coalesced => tollgate_audit::Detail::Coalesced,
        Detail::Full => tollgate_audit::Detail::Full,
    };
    LogOptions {
        flush,
        detail,
        rotate_bytes: settings.rotate,
        ..LogOptions::default()
    }
}
