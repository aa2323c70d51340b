//! `HOST[::GUEST][:ro]`, the text of `--dir`.

use thiserror::Error;

use crate::path::{self, GuestPathError};

/// A text that names no mount.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DirError {
    /// Nothing stands before `::`.
    #[error("a folder of the host stands here")]
    NoHost,
    /// Nothing stands after `::`.
    #[error("a place for the guest stands after `::`")]
    NoGuest,
    /// The folder of the host has a NUL byte.
    #[error("no folder of the host has a NUL byte in its name")]
    Nul,
    /// The guest's place can't be one.
    #[error(transparent)]
    Guest(#[from] GuestPathError),
}

/// A folder, its place, and whether it is read-only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DirGrant {
    pub(crate) host: String,
    /// The name as given and its canonical place, when it was given.
    pub(crate) guest: Option<(String, String)>,
    pub(crate) read_only: bool,
}

impl DirGrant {
    /// Reads `HOST[::GUEST][:ro]`. A final `:ro` is the option; a folder of the host whose own name
    /// ends so is written with its place, as in `odd:ro::odd`.
    pub(crate) fn parse(text: &str) -> Result<Self, (usize, DirError)> {
        let (rest, read_only) = match text.strip_suffix(":ro") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let (host, guest) = match rest.split_once("::") {
            Some((host, guest)) => (host, Some(guest)),
            None => (rest, None),
        };
        let guest_at = host.len() + "::".len();
        if guest == Some("") {
            return Err((guest_at, DirError::NoGuest));
        }
        let mut grant = Self::new(host, guest).map_err(|error| match error {
            DirError::Guest(_) if guest.is_some() => (guest_at, error),
            error => (0, error),
        })?;
        grant.read_only = read_only;
        Ok(grant)
    }

    /// A writable mount; the place is canonical from here on.
    pub(crate) fn new(host: &str, guest: Option<&str>) -> Result<Self, DirError> {
        if host.is_empty() {
            return Err(DirError::NoHost);
        }
        if host.contains('\0') {
            return Err(DirError::Nul);
        }
        let guest = match guest {
            Some(name) => Some((name.to_owned(), path::canonical(name)?)),
            None => None,
        };
        Ok(Self {
            host: host.to_owned(),
            guest,
            read_only: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Host, guest name, guest path, read-only.
    fn read(text: &str) -> (String, Option<(String, String)>, bool) {
        let DirGrant {
            host,
            guest,
            read_only,
        } = DirGrant::parse(text).unwrap();
        (host, guest, read_only)
    }

    fn guest(name: &str, path: &str) -> Option<(String, String)> {
        Some((name.to_owned(), path.to_owned()))
    }

    #[test]
    fn a_final_ro_is_the_option_and_the_guest_follows_two_colons() {
        assert_eq!(read("."), (".".into(), None, false));
        assert_eq!(read("./data:ro"), ("./data".into(), None, true));
        assert_eq!(
            read("/srv::/data"),
            ("/srv".into(), guest("/data", "/data"), false)
        );
        assert_eq!(
            read("/srv::data:ro"),
            ("/srv".into(), guest("data", "/data"), true)
        );
        assert_eq!(read("/srv::."), ("/srv".into(), guest(".", "/"), false));
        assert_eq!(
            read("odd:ro::odd"),
            ("odd:ro".into(), guest("odd", "/odd"), false)
        );
        assert_eq!(read("a::b::c"), ("a".into(), guest("b::c", "/b::c"), false));
        assert_eq!(read("C:/x"), ("C:/x".into(), None, false));
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(DirGrant::parse(""), Err((0, DirError::NoHost)));
        assert_eq!(DirGrant::parse(":ro"), Err((0, DirError::NoHost)));
        assert_eq!(DirGrant::parse("::/x"), Err((0, DirError::NoHost)));
        assert_eq!(DirGrant::parse("/a::"), Err((4, DirError::NoGuest)));
        assert_eq!(DirGrant::parse("/a:::ro"), Err((4, DirError::NoGuest)));
        assert_eq!(DirGrant::parse("a\0b"), Err((0, DirError::Nul)));
        let control = DirError::Guest(GuestPathError::Control);
        assert_eq!(DirGrant::parse("/a::/b\n"), Err((4, control)));
    }
}
