//! Where names lead, held against what python3 says of the same folders.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "the bans are about the host; a test lays out files, asks Python, and fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use tollgate_bridge::Found;
use tollgate_languages::{FileError, Files, Kind, Listing, RUNNER_INPUTS, find_module};

/// A folder of the machine that runs the tests, as the guest's tree.
struct Disk(PathBuf);

impl Disk {
    fn place(&self, path: &str) -> PathBuf {
        self.0.join(path.trim_start_matches('/'))
    }
}

impl Files for Disk {
    fn kind(&self, path: &str) -> Kind {
        let place = self.place(path);
        if place.is_file() {
            Kind::File
        } else if place.is_dir() {
            Kind::Directory
        } else {
            Kind::Missing
        }
    }

    fn read(&self, path: &str, _max: usize) -> Result<Vec<u8>, FileError> {
        std::fs::read(self.place(path)).map_err(|_| FileError::Missing)
    }

    fn real(&self, path: &str) -> Result<String, FileError> {
        Ok(path.to_owned())
    }
}

impl Listing for Disk {
    fn names_in(&self, folder: &str) -> Vec<String> {
        let names = std::fs::read_dir(self.place(folder)).into_iter().flatten();
        names
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect()
    }
}

/// What Python's own finder says of each line `folder name`.
const ASK: &str = "\
import sys\n\
from importlib.machinery import FileFinder, SourceFileLoader\n\
root = sys.argv[1]\n\
for line in sys.stdin.read().splitlines():\n\
\x20   folder, name = line.split(' ')\n\
\x20   spec = FileFinder(root + folder, (SourceFileLoader, ['.py'])).find_spec(name)\n\
\x20   if spec is None: print('none')\n\
\x20   elif spec.loader is None: print('portion', spec.submodule_search_locations[0].removeprefix(root))\n\
\x20   elif spec.submodule_search_locations is not None: print('package', spec.origin.removeprefix(root))\n\
\x20   else: print('file', spec.origin.removeprefix(root))\n";

fn ask(root: &Path, questions: &[(String, String)]) -> Vec<String> {
    use std::io::Write as _;
    use std::process::Stdio;
    let mut python = Command::new("python3")
        .args(["-c", ASK])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is on this machine");
    let lines: String = questions
        .iter()
        .map(|(folder, name)| format!("{folder} {name}\n"))
        .collect();
    python
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let answers = python.wait_with_output().unwrap();
    assert!(answers.status.success());
    String::from_utf8(answers.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn said(found: &Option<Found>) -> String {
    match found {
        None => "none".to_owned(),
        Some(Found::File(path)) => format!("file {path}"),
        Some(Found::Package(path)) => format!("package {path}"),
        Some(Found::Portion(path)) => format!("portion {path}"),
    }
}

fn lay_out(root: &Path, files: &[&str]) {
    for file in files {
        let place = root.join(file);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        if !file.ends_with('/') {
            std::fs::write(place, "").unwrap();
        }
    }
}

#[test]
fn every_name_in_every_folder_leads_where_python_leads() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(
        folder.path(),
        &[
            "both/__init__.py",
            "both.py",
            "module.py",
            "portion/inner.py",
            "portion/package/__init__.py",
            "portion_and_module/x.txt",
            "portion_and_module.py",
            "folder.py/inner.py",
            "package/__init__.py/odd.py",
            "package/sub/__init__.py",
            "package/sub/__main__.py",
            "ünicode.py",
            "Case.py",
            "with.dot.py",
            "text.txt",
            "stub.pyi",
            "a-b.py",
            "__init__.py",
        ],
    );
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let folders = [
        "",
        "/portion",
        "/package",
        "/package/sub",
        "/empty",
        "/gone",
        "/both",
    ];
    let names = [
        "both",
        "module",
        "portion",
        "portion_and_module",
        "folder",
        "folder.py",
        "package",
        "sub",
        "inner",
        "ünicode",
        "Case",
        "case",
        "with.dot",
        "with",
        "text",
        "stub",
        "a-b",
        "empty",
        "gone",
        "__init__",
        "__main__",
        "module.py",
        "both/__init__",
        "..",
        ".",
    ];
    let questions: Vec<(String, String)> = folders
        .iter()
        .flat_map(|folder| {
            names
                .iter()
                .map(|name| ((*folder).to_owned(), (*name).to_owned()))
        })
        .collect();
    let disk = Disk(folder.path().to_owned());
    let answers = ask(folder.path(), &questions);
    assert_eq!(answers.len(), questions.len());
    let mut kinds = std::collections::BTreeSet::new();
    for ((folder, name), theirs) in questions.iter().zip(&answers) {
        let ours = find_module(&disk, name, folder).unwrap();
        assert_eq!(&said(&ours), theirs, "{folder} {name}");
        kinds.insert(theirs.split(' ').next().unwrap().to_owned());
    }
    assert_eq!(kinds.len(), 4, "each kind of answer was given");
}

#[test]
fn what_is_compiled_is_refused_unless_its_source_is_there() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(
        folder.path(),
        &[
            "fast.cpython-314-x86_64-linux-gnu.so",
            "plain.so",
            "stable.abi3.so",
            "old.pyc",
            "both.cpython-314-x86_64-linux-gnu.so",
            "both.py",
            "other.libs.so",
            "space/inner.txt",
            "space.so",
        ],
    );
    let disk = Disk(folder.path().to_owned());
    let code = |name| find_module(&disk, name, "/").map_err(|error| error.code());
    for name in ["fast", "plain", "stable", "space"] {
        assert_eq!(code(name), Err("ERR_TOLLGATE_NATIVE"), "{name}");
    }
    assert_eq!(code("old"), Err("ERR_TOLLGATE_BYTECODE"));
    assert_eq!(code("both"), Ok(Some(Found::File("/both.py".to_owned()))));
    assert_eq!(code("other"), Ok(None));
}

#[test]
fn the_runner_that_is_looked_for_is_the_one_that_is_built() {
    let build = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../guest-shims/python/build"
    );
    let said = Command::new("python3")
        .args([build, "--inputs"])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(said.stdout).unwrap().trim(),
        RUNNER_INPUTS
    );
}
