//! A Python program in the guest's own tree.

/// A Python program whose files all lie in the guest's tree, as a VM's do: the runner is given no program by the host, but
/// these arguments, and finds and reads everything itself. CPython's own finder looks for its modules, so that each look and
/// each read is the guest's own use of its files, and no grant of `program` is asked for.
///
/// `sys.path` begins with the folder of the program (for a text, a module and standard input with the working directory),
/// then come PYTHONPATH, the library, and `site-packages` and `.venv/lib/python3*/site-packages` beside the program. If the
/// file is not there, the run says so on standard error and ends with code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PythonInTree {
    /// A file, or a folder or archive with a `__main__.py`: an absolute path in the guest's tree.
    File(String),
    /// A text, as `-c` gives it.
    Text(String),
    /// A module by its name, as `-m` gives it.
    Module(String),
    /// What comes on standard input.
    Input,
}

impl PythonInTree {
    /// The arguments that the runner takes, with those of the program behind: what a run is given as its arguments, after
    /// the name.
    #[must_use]
    pub fn arguments(
        &self,
        of_program: impl IntoIterator<Item = impl Into<String>>,
    ) -> Vec<String> {
        let mut arguments = match self {
            Self::File(path) => vec![path.clone()],
            Self::Text(source) => vec!["-c".to_owned(), source.clone()],
            Self::Module(name) => vec!["-m".to_owned(), name.clone()],
            Self::Input => vec!["-".to_owned()],
        };
        arguments.extend(of_program.into_iter().map(Into::into));
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::PythonInTree;

    #[test]
    fn what_the_program_is_stands_before_its_arguments() {
        let text = PythonInTree::Text("print(1)".to_owned());
        assert_eq!(text.arguments(["-c", "x"]), ["-c", "print(1)", "-c", "x"]);
        let file = PythonInTree::File("/a.py".to_owned());
        assert_eq!(file.arguments(Vec::<String>::new()), ["/a.py"]);
    }
}
