//! Resolution among files that only a run can look at, one question at a time.
//!
//! The rules are those of the program's own files: the same resolver, over what is known so far. Where it asks about what is
//! not known it is stopped there, whoever drives the search finds out, and it begins anew: resolution is a function of what
//! lies where, so it comes to the same place again. So nothing waits for a disk or for the policy with a lock held, and what
//! was found out is forgotten with the search: the program may write files between two of them.

use std::cell::RefCell;
use std::collections::HashMap;

use tollgate_bridge::{
    Asking, Lies, ModuleFormat, NoModule, Quest, Question, Reply, Search, Step, Unread,
};

use tollgate_modules::{
    FileError, Files, Format, Kind, MOST_READ, ResolveError, Resolver, Settings,
};

use crate::bounds::MOST_QUESTIONS;
use crate::found::{refused, seen_from};

/// What is known of the files.
struct Known {
    lies: HashMap<String, Lies>,
    packages: HashMap<String, Result<Vec<u8>, FileError>>,
    /// Bytes of package.json files that may still be taken in.
    left: usize,
    /// What was asked first that is not known.
    wanted: RefCell<Option<Question>>,
}

impl Known {
    fn want(&self, question: Question) {
        self.wanted.borrow_mut().get_or_insert(question);
    }
}

impl Files for Known {
    fn kind(&self, path: &str) -> Kind {
        match self.lies.get(path) {
            Some(Lies::File(_)) => Kind::File,
            Some(Lies::Folder) => Kind::Directory,
            Some(Lies::Nothing) => Kind::Missing,
            None => {
                self.want(Question::Kind(path.to_owned()));
                // No resolution goes on from here.
                Kind::Outside
            }
        }
    }

    fn read(&self, path: &str, max: usize) -> Result<Vec<u8>, FileError> {
        match self.packages.get(path) {
            Some(Ok(bytes)) if bytes.len() > max => Err(FileError::TooLong { max }),
            Some(known) => known.clone(),
            None => {
                let most = max.min(self.left) as u64;
                let path = path.to_owned();
                self.want(Question::Package { path, most });
                Err(FileError::Outside)
            }
        }
    }

    fn real(&self, path: &str) -> Result<String, FileError> {
        match self.lies.get(path) {
            Some(Lies::File(own)) => Ok(own.clone()),
            Some(Lies::Folder) => Ok(path.to_owned()),
            Some(Lies::Nothing) => Err(FileError::Missing),
            None => {
                self.want(Question::Kind(path.to_owned()));
                Err(FileError::Outside)
            }
        }
    }
}

/// What is looked for.
enum Sought {
    Specifier {
        specifier: String,
        folder: String,
        asking: Asking,
    },
    Format {
        path: String,
    },
    Entry {
        path: String,
    },
}

/// A search that is under way.
pub(crate) struct Searching {
    sought: Sought,
    resolver: Resolver<Known>,
    asked: Option<Question>,
    questions: u32,
}

impl Searching {
    /// A search for this, that knows nothing yet.
    pub(crate) fn new(quest: Quest<'_>, settings: Settings) -> Self {
        let sought = match quest {
            Quest::Specifier {
                specifier,
                folder,
                asking,
            } => Sought::Specifier {
                specifier: specifier.to_owned(),
                folder: folder.to_owned(),
                asking,
            },
            Quest::Format { path } => Sought::Format {
                path: path.to_owned(),
            },
            Quest::Entry { path } => Sought::Entry {
                path: path.to_owned(),
            },
        };
        let known = Known {
            lies: HashMap::new(),
            packages: HashMap::new(),
            left: MOST_READ,
            wanted: RefCell::default(),
        };
        Self {
            sought,
            resolver: Resolver::new(known, settings),
            asked: None,
            questions: MOST_QUESTIONS,
        }
    }

    fn attempt(&mut self) -> Result<Step, NoModule> {
        match &self.sought {
            Sought::Specifier {
                specifier,
                folder,
                asking,
            } => seen_from(&mut self.resolver, specifier, folder, *asking).map(Step::Leads),
            Sought::Entry { path } => {
                let module = self.resolver.entry(path).map_err(|error| refused(&error))?;
                Ok(Step::Leads(module.path))
            }
            Sought::Format { path } => {
                let module = self.resolver.entry(path).map_err(|error| refused(&error))?;
                // What has a name left out is another file.
                if self.resolver.files().real(path).as_ref() != Ok(&module.path) {
                    return Err(refused(&ResolveError::NotFound {
                        request: path.clone(),
                        stack: Vec::new(),
                    }));
                }
                Ok(Step::Reads(match module.format {
                    Format::CommonJs => Some(ModuleFormat::CommonJs),
                    Format::Module => Some(ModuleFormat::Module),
                    Format::Json => Some(ModuleFormat::Json),
                    Format::Detect => None,
                }))
            }
        }
    }

    fn request(&self) -> &str {
        match &self.sought {
            Sought::Specifier { specifier, .. } => specifier,
            Sought::Format { path } | Sought::Entry { path } => path,
        }
    }
}

impl Search for Searching {
    fn step(&mut self) -> Result<Step, NoModule> {
        let came = self.attempt();
        let Some(question) = self.resolver.files_mut().wanted.get_mut().take() else {
            return came;
        };
        match self.questions.checked_sub(1) {
            Some(left) => self.questions = left,
            None => {
                return Err(refused(&ResolveError::TooMuch {
                    request: self.request().to_owned(),
                }));
            }
        }
        self.asked = Some(question.clone());
        Ok(Step::Asks(question))
    }

    fn answer(&mut self, reply: Reply) {
        let known = self.resolver.files_mut();
        match (self.asked.take(), reply) {
            (Some(Question::Kind(path)), Reply::Kind(lies)) => {
                known.lies.insert(path, lies);
            }
            (Some(Question::Package { path, most }), Reply::Package(read)) => {
                let max = usize::try_from(most).unwrap_or(usize::MAX);
                let read = read.map_err(|error| match error {
                    Unread::Missing | Unread::Denied => FileError::Missing,
                    Unread::TooLong { .. } => FileError::TooLong { max },
                    Unread::Failed => FileError::Failed(error.to_string()),
                });
                known.left = known.left.saturating_sub(read.as_ref().map_or(0, Vec::len));
                known.packages.insert(path, read);
            }
            // An answer to nothing that was asked: it is asked again, within the bound.
            (Some(_) | None, Reply::Kind(_) | Reply::Package(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            root: "/".to_owned(),
            builtins: ["fs".to_owned()].into(),
            conditions: std::collections::BTreeSet::new(),
        }
    }

    fn quest(specifier: &str, folder: &'static str, asking: Asking) -> Searching {
        let quest = Quest::Specifier {
            specifier,
            folder,
            asking,
        };
        Searching::new(quest, settings())
    }

    /// Drives a search over these files, and tells how often it asked.
    fn driven(mut search: Searching, files: &[(&str, &str)]) -> (Result<Step, NoModule>, u32) {
        let mut asked = 0;
        loop {
            let question = match search.step() {
                Ok(Step::Asks(question)) => question,
                done => return (done, asked),
            };
            asked += 1;
            let text = |path: &str| files.iter().find(|(file, _)| *file == path);
            search.answer(match question {
                Question::Kind(path) if text(&path).is_some() => Reply::Kind(Lies::File(path)),
                Question::Kind(path) => {
                    let inside =
                        |(file, _): &(&str, &str)| tollgate_modules::path::is_beneath(file, &path);
                    let folder = files.iter().any(inside);
                    Reply::Kind(if folder { Lies::Folder } else { Lies::Nothing })
                }
                Question::Package { path, .. } => Reply::Package(
                    text(&path)
                        .map(|(_, text)| text.as_bytes().to_vec())
                        .ok_or(Unread::Missing),
                ),
            });
        }
    }

    #[test]
    fn what_is_not_known_is_asked_about_once() {
        let files = [
            (
                "/g/node_modules/p/package.json",
                r#"{"exports":{".":"./m.mjs"}}"#,
            ),
            ("/g/node_modules/p/m.mjs", ""),
        ];
        let (found, asked) = driven(quest("p", "/g/a/b", Asking::Import), &files);
        let path = "/g/node_modules/p/m.mjs".to_owned();
        assert_eq!(found, Ok(Step::Leads(path)));
        assert!(asked < 16, "{asked}");
    }

    #[test]
    fn a_builtin_takes_no_question() {
        let (found, asked) = driven(quest("fs", "/g", Asking::Require), &[]);
        assert_eq!((found, asked), (Ok(Step::Leads("node:fs".to_owned())), 0));
    }

    #[test]
    fn how_a_file_is_read_is_its_packages_to_say() {
        let files = [
            ("/g/package.json", r#"{"type":"module"}"#),
            ("/g/a/b.js", ""),
        ];
        let format = |path| Searching::new(Quest::Format { path }, settings());
        let (found, _) = driven(format("/g/a/b.js"), &files);
        assert_eq!(found, Ok(Step::Reads(Some(ModuleFormat::Module))));
        let (found, _) = driven(format("/g/a/b"), &files);
        assert_eq!(found.unwrap_err().code, "MODULE_NOT_FOUND");
    }

    #[test]
    fn a_search_asks_so_much_and_no_more() {
        let deep = format!("/{}", "a/".repeat(1500));
        let quest = Quest::Specifier {
            specifier: "p",
            folder: &deep,
            asking: Asking::Import,
        };
        let (found, asked) = driven(Searching::new(quest, settings()), &[]);
        assert_eq!(found.unwrap_err().code, "ERR_TOLLGATE_RESOLUTION_LIMIT");
        assert_eq!(asked, MOST_QUESTIONS);
    }

    #[test]
    fn packages_take_so_many_bytes_together() {
        let mut search = quest("p", "/g/a", Asking::Import);
        search.resolver.files_mut().left = 10;
        let Ok(Step::Asks(question)) = search.step() else {
            panic!("it asks");
        };
        assert!(
            matches!(question, Question::Package { most: 10, .. }),
            "{question:?}"
        );
        search.answer(Reply::Package(Ok(b"{\"a\":1}".to_vec())));
        assert_eq!(search.resolver.files().left, 3);
    }
}
