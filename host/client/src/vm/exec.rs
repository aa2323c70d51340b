//! Programs that are handed JSON and answer with JSON: the extension `tollgate.exec/1`.

use tollgate_protocol::exec::{ExecCommand, ExecReply, ProgramRan, RunProgramCommand};

use super::Vm;
use crate::error::{Error, Unexpected};

impl Vm {
    /// Runs a program of the VM for a request `run_program_v1`, and gives the answer: `{"ok": …}` or `{"error": …}`, as JSON.
    /// The program may lie in these folders of the VM; anywhere where none are stated. Answers of the VM's other requests that
    /// are asked meanwhile come after this one.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; what a program did wrong is an answer.
    pub async fn run_program(
        &self,
        folders: Option<&[&str]>,
        request: &str,
    ) -> Result<String, Error> {
        let folders = folders.map(|all| all.iter().map(|folder| (*folder).to_owned()).collect());
        let command = ExecCommand::RunProgramCommand(RunProgramCommand {
            prefixes: folders,
            request: request.to_owned(),
        });
        let envelope = self.ext(command.envelope()).await?;
        match ExecReply::open(&envelope) {
            Ok(ExecReply::ProgramRan(ProgramRan { answer })) => Ok(answer),
            Err(_none) => Err(Unexpected::Kind {
                asked: "exec-reply",
                came: "ext-envelope",
            }
            .into()),
        }
    }
}
