//! The command line, as clap reads it.

mod alone;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::exit::Failure;

/// Run WebAssembly components that nobody here vouches for, give them exactly what a policy grants, and prove
/// afterwards what they did.
#[derive(Debug, Parser)]
#[command(
    name = "tollgate",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Args {
    /// The operator's policy, which no run can exceed [env: TOLLGATE_CEILING]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Operator")]
    pub(crate) ceiling: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a component, or a WASI 0.1 module, under a policy
    Run(Box<Run>),
    /// Show what a component may ask for, in words, and what a policy says to it
    Inspect(Box<Inspect>),
    /// Show a policy, or ask it about one operation
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Look at an audit log, and verify it
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Compile components into the cache, so that running them starts at once
    Compile {
        /// Print JSON, a component a line
        #[arg(long)]
        json: bool,
        /// Compile for runs with WASI 0.3 (experimental)
        #[arg(long)]
        wasi_p3: bool,
        /// The components, or WASI 0.1 modules
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Build a program in JavaScript, TypeScript or Python into a component of its own
    Build(Build),
    /// Serve the sidecar protocol: VMs with files, programs and callbacks, for a client on standard input and output
    Sidecar(SidecarArgs),
    /// Run programs for JSON requests on standard input (`run_program_v1`), with an answer in JSON for each
    ///
    /// A request is `{"kind": "run_program_v1", "program_path", "argv", "stdin_json", "timeout_ms", "env"}`. The program, which is
    /// a component, a WASI 0.1 command module, or a source in JavaScript, TypeScript or Python, reads `stdin_json` and writes
    /// JSON. Of the variables of `env` it sees those that --env names; a value of --env is the same for each.
    ///
    /// Each answer is one line, in the order of the requests: `{"ok": …}`, or `{"error": {code, category, retryable, message,
    /// details}}`. Exits with 0 for the first and with 1 for the second; with --json-lines with 0 once every line is answered.
    Exec(Box<ExecArgs>),
    /// Use the VMs of a running sidecar: those that outlive their client
    Vm(VmArgs),
    /// Call a function of a component, a plugin or a core module with JSON, and print its result as JSON
    Call(Box<Call>),
    /// List the functions that can be called with JSON: signatures, docs and schemas
    Tools(Box<ToolsArgs>),
    /// Look into the cache of compiled components
    #[command(subcommand)]
    Cache(CacheCommand),
    /// List every limit: what a run can state, and what is fixed, with its default and reason
    Limits {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print shell completions
    Completion {
        /// For which shell
        shell: Shell,
    },
}

/// What makes a policy, on every command that needs one.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_help_heading = "Policy")]
pub(crate) struct Grants {
    /// Read the run's policy from a file; flags add to it, and a deny from either wins
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Give a folder: HOST[::GUEST][:ro]
    #[arg(long, value_name = "HOST[::GUEST][:ro]")]
    pub(crate) dir: Vec<String>,
    /// Give an environment variable: a name inherits, a value sets
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub(crate) env: Vec<String>,
    /// Let connect, send and resolve: a name, *.name, address, CIDR block, `localhost`, or `*` (every public address)
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) allow_net: Vec<String>,
    /// Let bind and listen
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    pub(crate) allow_listen: Vec<String>,
    /// Let make VMs and control them (`tollgate:sidecar/control`): by every function, or by those of a name (`*` in it)
    #[arg(long, value_name = "FUNCTION", num_args = 0..=1, default_missing_value = "*", require_equals = true)]
    pub(crate) allow_control: Vec<String>,
    /// Deny functions of control, whatever allows them
    #[arg(long, value_name = "FUNCTION")]
    pub(crate) deny_control: Vec<String>,
    /// Deny connecting, sending and resolving, whatever allows it
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) deny_net: Vec<String>,
    /// Deny binding and listening, whatever allows it
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    pub(crate) deny_listen: Vec<String>,
    /// Deny an environment variable, whatever allows it
    #[arg(long, value_name = "NAME")]
    pub(crate) deny_env: Vec<String>,
    /// Deny reading guest paths (`?`, `*`, `**`), whatever allows it
    #[arg(long, value_name = "GLOB")]
    pub(crate) deny_read: Vec<String>,
    /// Deny changing guest paths (`?`, `*`, `**`), whatever allows it
    #[arg(long, value_name = "GLOB")]
    pub(crate) deny_write: Vec<String>,
    /// Set limits: memory=64MiB,wall=5s,output=1MiB,…
    #[arg(long, value_name = "KEY=VALUE,…")]
    pub(crate) limit: Vec<String>,
    /// Trust the certificate authorities in a PEM file too
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Vec<String>,
}

/// Where what happened is recorded.
#[derive(Debug, ClapArgs)]
pub(crate) struct LogArgs {
    /// Write the audit log to a file (default: to memory)
    #[arg(long, value_name = "FILE", help_heading = "Audit")]
    pub(crate) audit: Option<String>,
    /// The key that signs the log's head (default: the user's own, made at first use)
    #[arg(long, value_name = "FILE", help_heading = "Audit")]
    pub(crate) audit_key: Option<PathBuf>,
}

/// One call with JSON.
#[derive(Debug, ClapArgs)]
pub(crate) struct Call {
    #[command(flatten)]
    pub(crate) grants: Grants,

    #[command(flatten)]
    pub(crate) log: LogArgs,
    /// Print on standard error what was asked, allowed and denied, and by which rule
    #[arg(long, value_name = "FORM", num_args = 0..=1, default_missing_value = "table", require_equals = true, help_heading = "Audit")]
    pub(crate) report: Option<ReportForm>,

    /// How `list<u8>` is spelt in JSON
    #[arg(long, value_name = "FORM", default_value = "array")]
    pub(crate) bytes: BytesForm,

    /// The tool: a component, a plugin, or a core module
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The function, by its name or as `ns:pkg/iface.f@1.0.0`; it can be left out where there is only one
    #[arg(value_name = "FUNCTION")]
    pub(crate) function: Option<String>,
    /// The input, an object with a member for each parameter, or `-` to read it from standard input (default: `{}`). Where it
    /// is the only word after FILE, it is taken for the input if it is `-` or JSON, and for the function otherwise
    #[arg(value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) input: Option<String>,
}

/// How bytes are spelt.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum BytesForm {
    /// An array of numbers
    Array,
    /// A string in base64
    Base64,
}

/// Which functions are listed.
#[derive(Debug, ClapArgs)]
pub(crate) struct ToolsArgs {
    #[command(flatten)]
    pub(crate) grants: Grants,
    /// Print JSON, with the schemas of input and result: an array with an object for each file
    #[arg(long)]
    pub(crate) json: bool,
    /// The components, plugins or core modules
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
}

/// How a sidecar is set up.
#[derive(Debug, ClapArgs)]
pub(crate) struct SidecarArgs {
    /// Serve clients of this user at a socket instead: unix:PATH
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Let in only clients that authenticate with the text in a file (without the line end behind it)
    #[arg(long, value_name = "FILE")]
    pub(crate) auth_token_file: Option<PathBuf>,
    /// Let clients mount this folder, or folders beneath it (default: none)
    #[arg(long, value_name = "DIR")]
    pub(crate) host_root: Vec<PathBuf>,
    /// Keep the files of VMs in this folder, which is made if it is not there: on standard input and output those of every VM, by
    /// its id; at a socket those of VMs that outlive their client, by their name
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Ask a component that exports an interface of `tollgate:host-bridge`: `permissions` decides where a policy asks,
    /// `persistence` keeps the files of VMs
    #[arg(long, value_name = "FILE", help_heading = "Bridges")]
    pub(crate) bridge: Vec<PathBuf>,
    /// What these components may do and take (default: nothing)
    #[arg(
        long,
        value_name = "FILE",
        requires = "bridge",
        help_heading = "Bridges"
    )]
    pub(crate) bridge_policy: Option<PathBuf>,
    /// The most bytes that a frame may have (default: 16777216)
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_frame_bytes: Option<u32>,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

/// Which programs requests may run, and what these may do.
#[derive(Debug, ClapArgs)]
pub(crate) struct ExecArgs {
    #[command(flatten)]
    pub(crate) grants: Grants,

    /// Let programs beneath this folder be run (default: none). Requests name it as it is written here, or by its real path
    #[arg(long, value_name = "DIR")]
    pub(crate) allow_prefix: Vec<PathBuf>,
    /// Read a request from each line, and answer each; otherwise all of the input is one request
    #[arg(long)]
    pub(crate) json_lines: bool,

    #[command(flatten)]
    pub(crate) log: LogArgs,
}

/// A sidecar that runs, and what to do with its VMs.
#[derive(Debug, ClapArgs)]
pub(crate) struct VmArgs {
    /// Where the sidecar listens: unix:PATH [env: TOLLGATE_SIDECAR]
    #[arg(long, value_name = "ADDRESS", global = true)]
    pub(crate) sidecar: Option<String>,
    /// Authenticate with the text in a file
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) auth_token_file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: VmCommand,
}

/// What to do with the VMs of a sidecar. VM is a VM's id or name.
#[derive(Debug, Subcommand)]
pub(crate) enum VmCommand {
    /// Make a VM, and print its id
    Create {
        /// What to call it
        name: Option<String>,
        /// Its configuration, the JSON of the protocol (default: `{}`, a VM that may do nothing)
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// End it when it was neither used nor running anything for so long (default: an hour)
        #[arg(long, value_name = "SECONDS")]
        idle: Option<u64>,
    },
    /// List VMs and snapshots
    Ls {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy a file into a VM or out of it: VM:PATH on one side
    Cp {
        /// From where
        from: String,
        /// To where
        to: String,
    },
    /// Run a command in a VM, with this command's streams and exit code
    Run {
        /// In which VM
        vm: String,
        /// The command and its arguments, as `node hello.js`
        #[arg(required = true, num_args = 1.., trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
    /// List the programs of a VM
    Ps {
        /// Of which VM
        vm: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Keep the files of a VM as they are, and print the id of the snapshot
    Snapshot {
        /// Of which VM
        vm: String,
        /// What to call it
        name: Option<String>,
    },
    /// Make a VM from another one, or from a snapshot, and print its id
    Fork {
        /// A VM or a snapshot
        source: String,
        /// What to call it
        name: Option<String>,
        /// As in `create`
        #[arg(long, value_name = "SECONDS")]
        idle: Option<u64>,
    },
    /// End a VM with all that runs in it, or forget a snapshot
    Rm {
        /// VMs and snapshots
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

/// A language that programs are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// JavaScript.
    Js,
    /// TypeScript, whose types are stripped.
    Ts,
    /// Python.
    Py,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    /// For people.
    Table,
    /// For programs.
    Json,
}

#[derive(Debug, ClapArgs)]
#[command(override_usage = "tollgate run [OPTIONS] FILE [ARGS]…")]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) grants: Grants,

    #[command(flatten)]
    pub(crate) log: LogArgs,
    /// Print on standard error what was asked, allowed and denied, and by which rule
    #[arg(long, value_name = "FORM", num_args = 0..=1, default_missing_value = "table", require_equals = true, help_heading = "Audit")]
    pub(crate) report: Option<ReportForm>,

    /// Let what the policy denies pass in these scopes, within the ceiling, and record it as would-deny
    #[arg(
        long,
        value_name = "SCOPES",
        require_equals = true,
        help_heading = "Policy"
    )]
    pub(crate) permissive: Option<String>,
    /// Call an exported function instead of running the command
    #[arg(long, value_name = "CALL")]
    pub(crate) invoke: Option<String>,

    /// Provide WASI 0.3 as well, in the engine's asynchronous component model (experimental)
    #[arg(long)]
    pub(crate) wasi_p3: bool,

    /// Run this text, a JavaScript module unless --lang says otherwise; all of the arguments are the guest's
    #[arg(short, long, value_name = "CODE")]
    pub(crate) eval: Option<String>,
    #[arg(skip)]
    eval_name: Option<&'static str>,
    /// In which language the text of -e, or of standard input, is
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Language>,

    /// The component, WASI 0.1 module, or program (.js, .mjs, .cjs, .ts, .mts, .cts, .py), or `-` for one of them on standard
    /// input (a JavaScript module, unless it is WebAssembly or --lang says otherwise); everything after it is the guest's
    // One list, so that clap stops looking for flags at its first member: a flag of the guest's that happens to be
    // spelt like one of ours must never become a grant.
    #[arg(value_name = "FILE", required_unless_present = "eval", num_args = 1.., trailing_var_arg = true, allow_hyphen_values = true)]
    program: Vec<OsString>,
}

impl Run {
    /// Whether FILE is `-`.
    pub(crate) fn is_input(&self) -> bool {
        (self.eval.is_none() || self.eval_name.is_some())
            && self.program.first().is_some_and(|file| file == INPUT)
    }

    /// What a text that lies in no file is called.
    pub(crate) fn text_name(&self) -> Option<&'static str> {
        self.eval
            .is_some()
            .then_some(self.eval_name.unwrap_or(EVAL))
    }

    /// Takes a text that came on standard input for that of -e.
    pub(crate) fn take_text(&mut self, text: String) {
        self.eval = Some(text);
        self.eval_name = Some(STDIN);
    }

    /// FILE, and the guest's arguments.
    pub(crate) fn program(&self) -> Result<(PathBuf, Vec<String>), Failure> {
        let usage = |message: String| Err(Failure::Usage(message));
        if let Some(name) = self.text_name() {
            let arguments = self.program.get(usize::from(self.is_input())..);
            return Ok((PathBuf::from(name), texts(arguments.unwrap_or_default())?));
        }
        let Some((file, arguments)) = self.program.split_first() else {
            return usage("FILE is missing".to_owned());
        };
        if self.lang.is_some() && !self.is_input() {
            return usage("--lang is for -e and for FILE `-`".to_owned());
        }
        if file.as_encoded_bytes().starts_with(b"-") && !self.is_input() {
            let file = file.to_string_lossy();
            return usage(format!(
                "there is no flag `{file}`; a file of that name is written as `./{file}`"
            ));
        }
        Ok((PathBuf::from(file), texts(arguments)?))
    }
}

/// The name of a program that lies in no file.
pub(crate) const EVAL: &str = "[eval]";
/// The name of a program that came on standard input.
const STDIN: &str = "[stdin]";
/// FILE, where the program comes from standard input.
pub(crate) const INPUT: &str = "-";

fn texts(arguments: &[OsString]) -> Result<Vec<String>, Failure> {
    let text = |argument: &OsString| match argument.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(Failure::Usage(format!(
            "the argument `{}` is not UTF-8, which WASI demands",
            argument.to_string_lossy()
        ))),
    };
    arguments.iter().map(text).collect()
}

/// All files that the program leads to go into the component, compiled, in the memory that every instance begins with.
/// It imports `wasi:*` alone, and what a world of --wit imports beside it, so that any WASI host runs it.
#[derive(Debug, ClapArgs)]
pub(crate) struct Build {
    /// Where the component is written (default: the program's name with `.wasm`, in the working directory)
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
    /// What the component is for: `command` is run once, `http` answers requests, the functions of a `plugin` are called by
    /// name; with --wit, the name of a world
    #[arg(long, value_name = "WORLD", default_value = "command")]
    pub(crate) world: String,
    /// A folder of WIT with the world that is built
    #[arg(long, value_name = "DIR", requires = "world")]
    pub(crate) wit: Option<PathBuf>,
    /// For Python: what pip is to install into the component, of wheels alone
    #[arg(short, long, value_name = "FILE")]
    pub(crate) requirements: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    /// Build and run again whenever a file of the program changes
    #[arg(long)]
    pub(crate) watch: bool,
    /// The program (.js, .mjs, .cjs, .ts, .mts, .cts, .py)
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// With --watch: flags of `tollgate run` for each run of it
    #[arg(last = true, value_name = "RUN FLAGS", requires = "watch")]
    pub(crate) run: Vec<OsString>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Inspect {
    #[command(flatten)]
    pub(crate) grants: Grants,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Read a component that is built for WASI 0.3 (experimental)
    #[arg(long)]
    pub(crate) wasi_p3: bool,
    /// The component, or WASI 0.1 module
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Print the policy that flags and files come to, rule by rule
    Show {
        #[command(flatten)]
        grants: Box<Grants>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check policy files; with an operation, say what the policy decides about it and why
    ///
    /// Exits with 0 when it is allowed and with 1 when it is not.
    Check {
        #[command(flatten)]
        grants: Box<Grants>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// An operation, as the audit log names it: fs.read, env.read, network.connect, http.request, …
        #[arg(value_name = "OPERATION", requires = "resource")]
        operation: Option<String>,
        /// Its resource: a guest path, a variable's name, tcp://host:port, `GET https://host/`, …
        #[arg(value_name = "RESOURCE")]
        resource: Option<String>,
    },
    /// Print the JSON Schema of tollgate.toml
    Schema,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Print the records
    Show {
        /// Print JSON, a record a line
        #[arg(long)]
        json: bool,
        /// Only records whose decision is not allow
        #[arg(long)]
        denied: bool,
        /// The log
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Verify the log: chain, signed head, and every file of the set
    Verify {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// The key that the log must have been signed with: `ed25519:` and 64 hex digits
        #[arg(long, value_name = "KEY")]
        public_key: Option<String>,
        /// The log
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Add the records up by operation, rule, resource and outcome
    Stats {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Rows a table
        #[arg(long, value_name = "N", default_value_t = 20)]
        top: usize,
        /// The log
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// List what is kept
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Hold every artifact against its digest, and remove what is at fault
    Verify {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove everything
    Clear,
}
