//! One module a command.

mod audit;
mod bridges;
mod build;
mod build_log;
mod call;
mod code;
mod compile;
mod control;
mod exec;
mod hosting;
mod inspect;
mod limits;
mod log;
mod operation;
mod own;
mod policy;
mod program;
mod release;
mod run;
mod sidecar;
mod tools;
mod vm;

use clap::CommandFactory as _;

use crate::args::{Args, Command};
use crate::exit::Failure;

/// Does what the command line asks, and gives the exit code.
pub(crate) fn dispatch(args: Args) -> Result<u8, Failure> {
    let ceiling = args.ceiling.or_else(crate::host::environment::ceiling);
    let ceiling = ceiling.as_deref();
    match args.command {
        Command::Run(run) => run::run(*run, ceiling),
        Command::Inspect(inspect) => inspect::inspect(&inspect, ceiling),
        Command::Policy(command) => policy::policy(&command, ceiling),
        Command::Audit(command) => audit::audit(&command),
        Command::Compile {
            json,
            wasi_p3,
            files,
        } => compile::compile(&files, json, wasi_p3),
        Command::Build(args) => build::build(&args, ceiling),
        Command::Sidecar(args) => sidecar::sidecar(&args, ceiling),
        Command::Exec(args) => exec::exec(&args, ceiling),
        Command::Vm(args) => vm::vm(&args),
        Command::Call(args) => call::call(&args, ceiling),
        Command::Tools(args) => tools::tools(&args, ceiling),
        Command::Cache(command) => compile::look(&command),
        Command::Limits { json } => limits::limits(json),
        Command::Completion { shell } => {
            let mut command = Args::command();
            crate::terminal::table::to_stdout(|out| {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut command, "tollgate", &mut script);
                out.write_all(&script)
            })?;
            Ok(0)
        }
    }
}
