//! Controls a sidecar: makes a VM, writes files, runs programs in it, answers what they ask, and ends it.
//!
//! * `tour`: all of it; a WebAssembly program comes on standard input.
//! * `fetch PORT`: a program in a VM fetches from a port of the loopback, which the VM is let reach.
//! * `vm JSON`: makes a VM with this configuration.

use std::io::Read as _;

use tollgate_components::control::types::{
    EventPayload, GuestRuntimeKind, RegisterHostCallbacksRequest, RegisteredHostCallbackDefinition,
};
use tollgate_components::control::{
    ALLOW, Asked, Client, Vm, callbacks, command, control, events, program, until_ended,
};
use tollgate_components::say;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["fetch", port] => fetch(port),
        ["vm", config] => vm(config),
        _ => tour(),
    };
    if let Err(rejected) = done {
        say!("refused: {}: {}", rejected.code, rejected.message);
        std::process::exit(1);
    }
}

fn vm(config: &str) -> Asked<()> {
    let made = Client::begin("plane")?.vm(config)?;
    say!("made {}", made.vm_id);
    Ok(())
}

fn tour() -> Asked<()> {
    let client = Client::begin("plane")?;
    let vm = client.vm(ALLOW)?;
    say!("made {}", vm.vm_id);
    javascript(&vm)?;
    callback(&vm)?;
    let mut wasm = Vec::new();
    if std::io::stdin().read_to_end(&mut wasm).is_ok() && !wasm.is_empty() {
        webassembly(&vm, &wasm)?;
    }
    say!("left behind: {}", vm.read("/workspace/left.txt")?);
    say!(
        "programs: {}",
        control::get_process_snapshot(&vm.scope)?.processes.len()
    );
    vm.dispose()?;
    while let Some(event) = events::next() {
        if let EventPayload::VmLifecycleEvent(lifecycle) = event.payload {
            say!("the VM is {:?}", lifecycle.state);
        }
    }
    let gone = control::get_zombie_timer_count(&vm.scope);
    say!(
        "afterwards: {}",
        gone.err()
            .map_or_else(String::new, |rejected| rejected.code)
    );
    say!("asked: {}", callbacks::next().is_some());
    Ok(())
}

fn show(name: &str, process: &str) {
    let ended = until_ended(process, |key, input| match key {
        "calc:add" => {
            say!("asked {key} {input}");
            Ok(r#"{"sum":5}"#.to_owned())
        }
        _ => Err("no such function".to_owned()),
    });
    say!(
        "{name} out: {}",
        String::from_utf8_lossy(&ended.stdout).trim_end()
    );
    say!(
        "{name} err: {}",
        String::from_utf8_lossy(&ended.stderr).trim_end()
    );
    say!("{name} ended: {}", ended.code);
}

fn javascript(vm: &Vm) -> Asked<()> {
    vm.start_js(
        "js",
        "import { writeFileSync } from 'node:fs';
        console.log('hello from a VM');
        console.error('a word on standard error');
        writeFileSync('/workspace/left.txt', 'by JavaScript');
        process.exitCode = 3;",
    )?;
    show("js", "js");
    Ok(())
}

fn callback(vm: &Vm) -> Asked<()> {
    let definition = RegisteredHostCallbackDefinition {
        description: "Adds two numbers".to_owned(),
        input_schema: r#"{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["a","b"]}"#.to_owned(),
        timeout_ms: Some(10_000),
        examples: Vec::new(),
    };
    let request = RegisterHostCallbacksRequest {
        name: "calc".to_owned(),
        description: "Adds things".to_owned(),
        command_aliases: vec!["calc".to_owned()],
        registry_command_aliases: Vec::new(),
        callbacks: vec![("add".to_owned(), definition)],
    };
    control::register_host_callbacks(&vm.scope, &request)?;
    let request = command("calc", "calc", &["add", "--a", "2", "--b", "3"]);
    control::execute(&vm.scope, &request)?;
    show("calc", "calc");
    Ok(())
}

fn webassembly(vm: &Vm, wasm: &[u8]) -> Asked<()> {
    vm.write_bytes("/workspace/guest.wasm", wasm)?;
    let mut request = program(
        "wasm",
        GuestRuntimeKind::WebAssembly,
        "/workspace/guest.wasm",
    );
    request.args = vec!["one".to_owned()];
    control::execute(&vm.scope, &request)?;
    show("wasm", "wasm");
    Ok(())
}

fn fetch(port: &str) -> Asked<()> {
    let config = format!(
        r#"{},"loopbackExemptPorts":[{port}]}}"#,
        ALLOW.trim_end_matches('}').to_owned() + "}"
    );
    let vm = Client::begin("plane")?.vm(&config)?;
    let text = "try {
        const answer = await fetch('http://127.0.0.1:PORT/');
        console.log('fetched', await answer.text());
    } catch (error) {
        console.log('failed', error.cause?.code ?? error.code ?? error.message);
    }";
    vm.start_js("js", &text.replace("PORT", port))?;
    show("js", "js");
    Ok(())
}
