//! The embedder's side of `acme:notes/store`, for both examples: notes in a map, one for each run that is given one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tollgate::HostBuilder;
use tollgate::interface::{Ask, Denial, Failed};
use tollgate::policy::{KeyvalueVerb, Operation, Scope};

/// Notes by their keys.
#[derive(Debug, Default)]
pub(crate) struct Notes(Mutex<BTreeMap<String, String>>);

impl Notes {
    /// Keeps a note.
    pub(crate) fn put(&self, key: &str, text: &str) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.insert(key.to_owned(), text.to_owned());
    }

    /// The note, if there is one.
    pub(crate) fn get(&self, key: &str) -> Option<String> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.get(key).cloned()
    }
}

/// The operation of one call, for the policy and the log to know it by.
fn note(verb: KeyvalueVerb, key: &str) -> Operation<'_> {
    Operation::Keyvalue {
        verb,
        store: "notes",
        key: Some(key),
    }
}

/// What a call is answered with that is denied, in the interface's own words.
fn denied<P, T>() -> Denial<P, (Result<T, String>,)> {
    Denial::with("denied", |_| (Err("you may not".to_owned()),))
}

/// Provides the interface.
pub(crate) fn provide(builder: HostBuilder) -> HostBuilder {
    builder.interface("acme:notes/store@1.0.0", |store| {
        store
            .words("keep notes")
            .function(
                "get",
                Ask::each(Scope::Keyvalue, |(key,): &(String,)| {
                    note(KeyvalueVerb::Read, key)
                }),
                denied(),
                |admitted, (key,)| {
                    Box::pin(async move {
                        let notes = admitted.state::<Notes>();
                        let Some(text) = notes.and_then(|notes| notes.get(&key)) else {
                            let answer = (Err("there is no such note".to_owned()),);
                            return Err(Failed::answer("no-such-note", answer));
                        };
                        admitted.traffic.bytes_in = text.len() as u64;
                        Ok((Ok(text),))
                    })
                },
            )
            .function(
                "put",
                Ask::each(Scope::Keyvalue, |(key, _): &(String, String)| {
                    note(KeyvalueVerb::Write, key)
                }),
                denied(),
                |admitted, (key, text)| {
                    Box::pin(async move {
                        admitted.traffic.bytes_out = text.len() as u64;
                        if let Some(notes) = admitted.state::<Notes>() {
                            notes.put(&key, &text);
                        }
                        Ok((Ok(()),))
                    })
                },
            );
    })
}
