//! Controls a sidecar for ill: what it makes and asks must stay its own matter.
//!
//! * `forge`: asks on behalf of connections, sessions and VMs of others.
//! * `many N`: as many requests that come to nothing.
//! * `huge BYTES`: a file in one request.
//! * `deaf`: never fetches what it is told.
//! * `crowd`: as many connections, sessions and VMs as it gets.
//! * `leave trap|exit|wait`: ends in the middle, with a program that does not.

use tollgate_components::control::types::{GuestFilesystemOperation, KillProcessRequest};
use tollgate_components::control::{
    ALLOW, Asked, Client, authenticate, connection, control, events, file_call, poll, session,
    until_ended, vm,
};
use tollgate_components::say;

const ENDLESS: &str = "setInterval(() => {}, 1000);";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["forge"] => forge(),
        ["many", times] => many(times.parse().unwrap_or(0)),
        ["huge", bytes] => huge(bytes.parse().unwrap_or(0)),
        ["deaf"] => deaf(),
        ["crowd"] => crowd(),
        ["leave", how] => leave(how),
        _ => {
            say!("forge, many, huge, deaf, crowd or leave?");
            Ok(())
        }
    };
    if let Err(rejected) = done {
        say!("refused: {}: {}", rejected.code, rejected.message);
        std::process::exit(1);
    }
}

fn forge() -> Asked<()> {
    let own = Client::begin("hostile")?;
    let mut got = 0;
    for number in 0..8 {
        let (conn, of, id) = (
            format!("conn-{number}"),
            format!("session-{number}"),
            format!("vm-{number}"),
        );
        let scopes = [
            vm(&conn, &of, &id),
            vm(&own.connection_id, &of, &id),
            vm(&own.connection_id, &own.session_id, &id),
        ];
        for scope in &scopes {
            got += u32::from(control::get_process_snapshot(scope).is_ok());
        }
        if conn != own.connection_id {
            let request = tollgate_components::control::types::CreateVmRequest {
                runtime: tollgate_components::control::types::GuestRuntimeKind::JavaScript,
                config: "{}".to_owned(),
            };
            got += u32::from(control::create_vm(&session(&conn, &of), &request).is_ok());
        }
    }
    say!("got {got}");
    let unknown = control::get_zombie_timer_count(&connection(&own.connection_id));
    say!(
        "{}",
        unknown
            .err()
            .map_or_else(String::new, |rejected| rejected.message)
    );
    Ok(())
}

fn many(times: u32) -> Asked<()> {
    let nobody = vm("conn-1", "session-1", "vm-1");
    let refused = (0..times)
        .filter(|_| control::get_zombie_timer_count(&nobody).is_err())
        .count();
    say!("refused {refused}");
    Ok(())
}

fn huge(bytes: usize) -> Asked<()> {
    let vm = Client::begin("hostile")?.vm(ALLOW)?;
    let mut call = file_call(GuestFilesystemOperation::WriteFile, "/workspace/huge");
    call.content = Some("x".repeat(bytes));
    control::guest_filesystem_call(&vm.scope, &call)?;
    say!("wrote {bytes}");
    Ok(())
}

fn deaf() -> Asked<()> {
    let client = Client::begin("hostile")?;
    let writer = client.vm(ALLOW)?;
    // More than waits for anybody.
    writer.start_js(
        "loud",
        "const line = 'x'.repeat(65535) + '\\n';
        for (let times = 0; times < 640; times += 1) process.stdout.write(line);",
    )?;
    let mut made = 0;
    let refused = loop {
        let done = client.vm("{}").and_then(|vm| vm.dispose());
        match done {
            Ok(()) => made += 1,
            Err(rejected) => break rejected,
        }
        if made > 100_000 {
            break refused_never();
        }
    };
    say!("refused: {}: {}", refused.code, refused.message);
    // What it was told waits, and nothing of it is lost.
    let ended = until_ended("loud", |_, _| Err(String::new()));
    say!("loud wrote {} and ended {}", ended.stdout.len(), ended.code);
    client.vm("{}")?.dispose()?;
    writer.dispose()?;
    say!("done");
    Ok(())
}

fn refused_never() -> tollgate_components::control::types::RejectedResponse {
    tollgate_components::control::types::RejectedResponse {
        code: "never".to_owned(),
        message: String::new(),
    }
}

fn crowd() -> Asked<()> {
    let mut connections = 0;
    let last = loop {
        match authenticate("hostile") {
            Ok(_) => connections += 1,
            Err(rejected) => break rejected,
        }
    };
    say!(
        "{connections} connections, then {}: {}",
        last.code,
        last.message
    );
    Ok(())
}

fn leave(how: &str) -> Asked<()> {
    let vm = Client::begin("hostile")?.vm(ALLOW)?;
    vm.start_js("endless", ENDLESS)?;
    say!("started");
    match how {
        "trap" => core::arch::wasm32::unreachable(),
        "exit" => std::process::exit(7),
        "kill" => {
            let request = KillProcessRequest {
                process_id: "endless".to_owned(),
                signal: "SIGKILL".to_owned(),
            };
            control::kill_process(&vm.scope, &request)?;
            say!(
                "ended {}",
                until_ended("endless", |_, _| Err(String::new())).code
            );
        }
        _ => {
            let told = events::subscribe();
            loop {
                poll::poll(&[&told]);
                while events::next().is_some() {}
            }
        }
    }
    Ok(())
}
