//! `tollgate vm`: the VMs of a running sidecar, for people.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tollgate_client::detached_vms::VmListing;
use tollgate_client::types::{EventPayload, StreamChannel};
use tollgate_client::{Client, Connection, Error, Event, Options, Vm, command};
use tollgate_protocol::types::ExecuteRequest;

use crate::args::{VmArgs, VmCommand};
use crate::exit::Failure;
use crate::host::{environment, files, identity};
use crate::terminal::{input, table};

/// What this command calls itself.
const NAME: &str = "tollgate vm";
/// The program of `tollgate vm run`, which no other has a name like.
const PROCESS: &str = "tollgate-vm-run";

fn said(error: Error) -> Failure {
    match error {
        Error::Rejected { message, .. } => Failure::Usage(message),
        error => Failure::Host(error.to_string()),
    }
}

pub(crate) fn vm(args: &VmArgs) -> Result<u8, Failure> {
    let address = args.sidecar.clone().or_else(environment::sidecar);
    let address = address.ok_or_else(|| {
        Failure::Usage(
            "no sidecar: give --sidecar unix:PATH, or set TOLLGATE_SIDECAR; `tollgate sidecar --listen unix:PATH` starts one"
                .to_owned(),
        )
    })?;
    let path = address.strip_prefix("unix:").ok_or_else(|| {
        Failure::Usage(format!(
            "--sidecar is unix:PATH, not `{}`",
            table::text(&address)
        ))
    })?;
    let token = args
        .auth_token_file
        .as_deref()
        .map(files::token)
        .transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Host(format!("the runtime cannot start: {error}")))?;
    let done = runtime.block_on(async {
        let client = Client::connect_unix(Path::new(path), Options::default())
            .await
            .map_err(said)?;
        let token = token.unwrap_or_default();
        let connection = client.authenticate(NAME, &token).await.map_err(said)?;
        run(&connection, &args.command).await
    });
    runtime.shutdown_background();
    done
}

async fn run(connection: &Connection, command: &VmCommand) -> Result<u8, Failure> {
    match command {
        VmCommand::Create { name, config, idle } => {
            let config = match config {
                Some(file) => text(file)?,
                None => "{}".to_owned(),
            };
            let made = connection
                .create_detached(name.as_deref(), &config, seconds(*idle))
                .await;
            print(&made.map_err(said)?)
        }
        VmCommand::Ls { json } => {
            let listing = connection.list_detached().await.map_err(said)?;
            if *json {
                list_json(&listing)
            } else {
                list(&listing)
            }
        }
        VmCommand::Cp { from, to } => copy(connection, from, to).await,
        VmCommand::Run { vm, command } => execute(&attach(connection, vm).await?, command).await,
        VmCommand::Ps { vm, json } => programs(&attach(connection, vm).await?, *json).await,
        VmCommand::Snapshot { vm, name } => {
            let vm = find(connection, vm).await?;
            let made = connection.snapshot(&vm, name.as_deref()).await;
            print(&made.map_err(said)?)
        }
        VmCommand::Fork { source, name, idle } => {
            let source = find(connection, source).await?;
            let made = connection
                .fork(&source, name.as_deref(), seconds(*idle))
                .await;
            print(&made.map_err(said)?)
        }
        VmCommand::Rm { ids } => {
            for id in ids {
                let id = find(connection, id).await?;
                connection.remove(&id).await.map_err(said)?;
            }
            Ok(0)
        }
    }
}

fn seconds(of: Option<u64>) -> Option<Duration> {
    of.map(Duration::from_secs)
}

fn text(file: &Path) -> Result<String, Failure> {
    String::from_utf8(files::component(file)?)
        .map_err(|_| Failure::Usage(format!("`{}` is no text", file.display())))
}

fn print(line: &str) -> Result<u8, Failure> {
    table::to_stdout(|out| writeln!(out, "{line}"))?;
    Ok(0)
}

/// The id of what is called so.
async fn find(connection: &Connection, name: &str) -> Result<String, Failure> {
    let listing = connection.list_detached().await.map_err(said)?;
    let vms = listing.vms.iter().map(|vm| (&vm.vm_id, &vm.name));
    let snapshots = listing.snapshots.iter();
    let snapshots = snapshots.map(|snapshot| (&snapshot.snapshot_id, &snapshot.name));
    let all: Vec<_> = vms.chain(snapshots).collect();
    if all.iter().any(|(id, _)| *id == name) {
        return Ok(name.to_owned());
    }
    let named: Vec<_> = all
        .iter()
        .filter(|(_, of)| of.as_deref() == Some(name))
        .collect();
    match named.as_slice() {
        [(id, _)] => Ok((*id).clone()),
        [] => Err(Failure::NotFound(table::text(name))),
        _ => Err(Failure::Usage(format!(
            "`{}` is the name of several: say which by its id",
            table::text(name)
        ))),
    }
}

async fn attach(connection: &Connection, name: &str) -> Result<Vm, Failure> {
    let id = find(connection, name).await?;
    let session = connection.open_session().await.map_err(said)?;
    session.attach(&id).await.map_err(said)
}

fn age(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}

fn list(listing: &VmListing) -> Result<u8, Failure> {
    let mut rows = table::table(["ID", "NAME", "KIND", "AGE", "PROGRAMS", "ATTACHED"]);
    let name = |name: &Option<String>| name.as_deref().map(table::text).unwrap_or_default();
    for vm in &listing.vms {
        let attached = if vm.attached { "yes" } else { "" };
        rows.add_row([
            table::text(&vm.vm_id),
            name(&vm.name),
            "vm".to_owned(),
            age(vm.age_ms),
            vm.programs.to_string(),
            attached.to_owned(),
        ]);
    }
    for snapshot in &listing.snapshots {
        rows.add_row([
            table::text(&snapshot.snapshot_id),
            name(&snapshot.name),
            format!("snapshot of {}", table::text(&snapshot.vm_id)),
            age(snapshot.age_ms),
            String::new(),
            String::new(),
        ]);
    }
    table::to_stdout(|out| table::print(out, &rows, |_| anstyle::Style::new()))?;
    Ok(0)
}

fn list_json(listing: &VmListing) -> Result<u8, Failure> {
    let vms = listing.vms.iter().map(|vm| {
        json!({"id": vm.vm_id, "name": vm.name, "age_ms": vm.age_ms, "programs": vm.programs, "attached": vm.attached})
    });
    let snapshots = listing.snapshots.iter().map(
        |of| json!({"id": of.snapshot_id, "name": of.name, "age_ms": of.age_ms, "vm": of.vm_id}),
    );
    let all = json!({"vms": vms.collect::<Vec<_>>(), "snapshots": snapshots.collect::<Vec<_>>()});
    print(&all.to_string())
}

/// `VM:PATH`; a path of this machine has no colon before its first slash.
fn place(of: &str) -> Option<(&str, &str)> {
    let (vm, path) = of.split_once(':')?;
    (!vm.is_empty() && !vm.contains('/')).then_some((vm, path))
}

async fn copy(connection: &Connection, from: &str, to: &str) -> Result<u8, Failure> {
    match (place(from), place(to)) {
        (None, Some((vm, path))) => {
            let bytes = files::component(Path::new(from))?;
            let vm = attach(connection, vm).await?;
            vm.write_file(path, &bytes).await.map_err(said)?;
        }
        (Some((vm, path)), None) => {
            let vm = attach(connection, vm).await?;
            let bytes = vm.read_file(path).await.map_err(said)?;
            files::write(Path::new(to), &bytes)?;
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(Failure::Usage(
                "one of both is a path in a VM: VM:PATH".to_owned(),
            ));
        }
    }
    Ok(0)
}

async fn programs(vm: &Vm, as_json: bool) -> Result<u8, Failure> {
    let programs = vm.process_snapshot().await.map_err(said)?;
    if as_json {
        let rows = programs.iter().map(|of| {
            json!({"id": of.process_id, "pid": of.pid, "command": of.command, "args": of.args, "cwd": of.cwd,
                "status": format!("{:?}", of.status).to_lowercase(), "exit_code": of.exit_code})
        });
        return print(&json!(rows.collect::<Vec<_>>()).to_string());
    }
    let mut rows = table::table(["PID", "ID", "STATUS", "CODE", "COMMAND"]);
    for of in &programs {
        let words = std::iter::once(&of.command).chain(&of.args);
        let words: Vec<_> = words.map(|word| table::text(word)).collect();
        rows.add_row([
            of.pid.to_string(),
            table::text(&of.process_id),
            format!("{:?}", of.status).to_lowercase(),
            of.exit_code
                .map(|code| code.to_string())
                .unwrap_or_default(),
            words.join(" "),
        ]);
    }
    table::to_stdout(|out| table::print(out, &rows, |_| anstyle::Style::new()))?;
    Ok(0)
}

/// Runs a command, with what is on standard input, and ends as it ends.
async fn execute(vm: &Vm, words: &[String]) -> Result<u8, Failure> {
    let Some((name, arguments)) = words.split_first() else {
        return Err(Failure::Usage("there is no command".to_owned()));
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let process_id = format!("{PROCESS}-{}", identity::run()?);
    let asked: ExecuteRequest = command(&process_id, name, &arguments);
    let mut events = vm.events();
    vm.execute(asked).await.map_err(said)?;
    let writer = {
        let (vm, process_id) = (vm.clone(), process_id.clone());
        tokio::spawn(async move { feed(&vm, &process_id).await })
    };
    while let Some(event) = events.next().await {
        match event {
            Event::Told(EventPayload::ProcessOutputEvent(output))
                if output.process_id == process_id =>
            {
                match output.channel {
                    StreamChannel::Stdout => {
                        table::to_stdout(|out| out.write_all(&output.chunk))?;
                    }
                    StreamChannel::Stderr => table::to_stderr(|out| out.write_all(&output.chunk)),
                }
            }
            Event::Told(EventPayload::ProcessExitedEvent(exit))
                if exit.process_id == process_id =>
            {
                writer.abort();
                return Ok(u8::try_from(exit.exit_code).unwrap_or(1));
            }
            Event::Told(_) | Event::Lost(_) => {}
        }
    }
    Err(Failure::Host("the sidecar went away".to_owned()))
}

/// Hands over what comes on standard input, piece by piece. The program may end before it has read all of it.
async fn feed(vm: &Vm, process_id: &str) {
    let (pieces, mut read) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        while let Ok(piece) = input::piece() {
            let ends = piece.is_empty();
            if pieces.blocking_send(piece).is_err() || ends {
                return;
            }
        }
    });
    while let Some(piece) = read.recv().await {
        let told = if piece.is_empty() {
            vm.close_stdin(process_id).await
        } else {
            vm.write_stdin(process_id, &piece).await.map(drop)
        };
        if told.is_err() {
            return;
        }
    }
}
