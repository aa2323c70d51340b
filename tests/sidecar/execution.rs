//! The bridge of programs: an embedder that starts programs in VMs, and answers what they ask for.

use std::time::Duration;

use tollgate_client::types::{RegisterHostCallbacksRequest, RegisteredHostCallbackDefinition};
use tollgate_sidecar::Sidecar;
use tollgate_sidecar::contract::execution::{
    CreateJavascriptContextRequest, CreateWasmContextRequest, ExecutionEvent,
    ExecutionHandleRequest, ExecutionSignal, GuestRequestAnswer, KillExecutionRequest,
    PollExecutionEventRequest, StartExecutionRequest, WriteExecutionStdinRequest,
};
use tollgate_sidecar::contract::{ErrorCode, ExecutionBridge};
use tollgate_sidecar::defaults::SidecarExecution;
use tollgate_tests::guests;

use crate::support::{ALLOW, guest, soon};

fn execution() -> SidecarExecution {
    let host = tollgate::Host::builder()
        .compile_worker(env!("CARGO_BIN_EXE_tollgate"))
        .cache(concat!(
            env!("CARGO_TARGET_TMPDIR"),
            "/sidecar/tollgate/compiled"
        ))
        .log_in_memory()
        .build()
        .unwrap();
    let sidecar = Sidecar::new(host, tollgate_sidecar::Options::default());
    SidecarExecution::new(sidecar, "")
}

async fn next(bridge: &SidecarExecution, vm_id: &str) -> ExecutionEvent {
    soon(async {
        loop {
            let asked = PollExecutionEventRequest {
                vm_id: vm_id.to_owned(),
            };
            match bridge.poll_execution_event(asked).await.unwrap() {
                Some(event) => return event,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    })
    .await
}

/// What a program wrote, and how it ended.
async fn ended(bridge: &SidecarExecution, vm_id: &str, execution_id: &str) -> (String, i32) {
    let mut written = Vec::new();
    loop {
        match next(bridge, vm_id).await {
            ExecutionEvent::Stdout(chunk) | ExecutionEvent::Stderr(chunk) => {
                assert_eq!(chunk.execution_id, execution_id);
                written.extend(chunk.chunk);
            }
            ExecutionEvent::Exited(exited) => {
                assert_eq!(
                    (exited.vm_id.as_str(), exited.execution_id.as_str()),
                    (vm_id, execution_id)
                );
                return (String::from_utf8(written).unwrap(), exited.exit_code);
            }
            ExecutionEvent::GuestRequest(asked) => panic!("{asked:?}"),
        }
    }
}

async fn start(bridge: &SidecarExecution, vm_id: &str, context_id: &str, argv: &[&str]) -> String {
    let request = StartExecutionRequest {
        vm_id: vm_id.to_owned(),
        context_id: context_id.to_owned(),
        argv: argv.iter().map(|arg| (*arg).to_owned()).collect(),
        env: vec![("GREETING".to_owned(), "good day".to_owned())],
        cwd: "/workspace".to_owned(),
    };
    soon(bridge.start_execution(request))
        .await
        .unwrap()
        .execution_id
}

#[tokio::test]
async fn programs_are_started_written_to_ended_and_told_of() {
    let bridge = execution();
    let vm_id = bridge.create_vm(ALLOW).await.unwrap();
    let vm = bridge.vm(&vm_id).unwrap();
    vm.write_file("/tmp/hello.wasm", &guest(guests::HELLO))
        .await
        .unwrap();
    let echo = "let all = ''; process.stdin.on('data', (piece) => { all += piece; });\
                process.stdin.on('end', () => { console.log(all.toUpperCase()); process.exit(3); });";
    vm.write_file("/tmp/echo.cjs", echo.as_bytes())
        .await
        .unwrap();
    vm.write_file("/tmp/before.cjs", b"globalThis.before = 'loaded';")
        .await
        .unwrap();
    let show =
        "console.log(globalThis.before, process.argv.slice(2).join(), process.env.GREETING);";
    vm.write_file("/tmp/show.cjs", show.as_bytes())
        .await
        .unwrap();

    let wasm = CreateWasmContextRequest {
        vm_id: vm_id.clone(),
        module_path: Some("/tmp/hello.wasm".to_owned()),
    };
    let wasm = bridge.create_wasm_context(wasm).await.unwrap();
    assert_eq!(wasm.context_id, "wasm-context-1");
    let id = start(&bridge, &vm_id, &wasm.context_id, &["one"]).await;
    assert_eq!(id, "exec-1");
    let (written, code) = ended(&bridge, &vm_id, &id).await;
    assert!(
        written.contains("argument one") && written.contains("good day"),
        "{written}"
    );
    assert_eq!(code, 0);

    let js = |bootstrap: Option<&str>| CreateJavascriptContextRequest {
        vm_id: vm_id.clone(),
        bootstrap_module: bootstrap.map(str::to_owned),
    };
    let plain = bridge.create_javascript_context(js(None)).await.unwrap();
    let id = start(&bridge, &vm_id, &plain.context_id, &["/tmp/echo.cjs"]).await;
    let write = WriteExecutionStdinRequest {
        vm_id: vm_id.clone(),
        execution_id: id.clone(),
        chunk: b"loud".to_vec(),
    };
    bridge.write_stdin(write).await.unwrap();
    let handle = || ExecutionHandleRequest {
        vm_id: vm_id.clone(),
        execution_id: id.clone(),
    };
    bridge.close_stdin(handle()).await.unwrap();
    assert_eq!(ended(&bridge, &vm_id, &id).await, ("LOUD\n".to_owned(), 3));
    // It is over, and has no input any more.
    assert!(bridge.close_stdin(handle()).await.is_err());

    let booted = bridge
        .create_javascript_context(js(Some("/tmp/before.cjs")))
        .await
        .unwrap();
    let id = start(
        &bridge,
        &vm_id,
        &booted.context_id,
        &["/tmp/show.cjs", "a", "b"],
    )
    .await;
    let (written, code) = ended(&bridge, &vm_id, &id).await;
    assert_eq!((written.as_str(), code), ("loaded a,b good day\n", 0));

    for (signal, code) in [
        (ExecutionSignal::Terminate, 143),
        (ExecutionSignal::Interrupt, 130),
        (ExecutionSignal::Kill, 137),
    ] {
        vm.write_file("/tmp/waits.cjs", b"setInterval(() => {}, 1000);")
            .await
            .unwrap();
        let id = start(&bridge, &vm_id, &plain.context_id, &["/tmp/waits.cjs"]).await;
        let kill = KillExecutionRequest {
            vm_id: vm_id.clone(),
            execution_id: id.clone(),
            signal,
        };
        bridge.kill_execution(kill).await.unwrap();
        assert_eq!(ended(&bridge, &vm_id, &id).await.1, code, "{signal:?}");
    }
    bridge.dispose_vm(&vm_id).await.unwrap();
    let asked = PollExecutionEventRequest { vm_id };
    let gone = bridge.poll_execution_event(asked).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn what_a_program_asks_for_is_an_event_and_is_answered() {
    let bridge = execution();
    let vm_id = bridge.create_vm(ALLOW).await.unwrap();
    let vm = bridge.vm(&vm_id).unwrap();
    let add = RegisteredHostCallbackDefinition {
        description: "Adds two numbers".to_owned(),
        input_schema: r#"{"type":"object","properties":{"a":{"type":"number"}}}"#.to_owned(),
        timeout_ms: Some(20_000),
        examples: Vec::new(),
    };
    let toolkit = RegisterHostCallbacksRequest {
        name: "sums".to_owned(),
        description: "Adds things".to_owned(),
        command_aliases: vec!["sums".to_owned()],
        registry_command_aliases: Vec::new(),
        callbacks: vec![("add".to_owned(), add)],
    };
    vm.register_host_callbacks(toolkit).await.unwrap();
    let run = |id: &str| tollgate_client::command(id, "sums", &["add", "--a", "7"]);
    for (id, outcome, code) in [
        ("p1", Ok(br#"{"sum":42}"#.to_vec()), 0),
        ("p2", Err("it cannot be".to_owned()), 1),
    ] {
        soon(vm.execute(run(id))).await.unwrap();
        let ExecutionEvent::GuestRequest(asked) = next(&bridge, &vm_id).await else {
            panic!("it asks first")
        };
        assert_eq!(
            (asked.vm_id.as_str(), asked.operation.as_str()),
            (vm_id.as_str(), "sums:add")
        );
        let payload = String::from_utf8(asked.payload).unwrap();
        assert!(payload.contains(r#""a":7"#), "{payload}");
        let answer = |outcome| GuestRequestAnswer {
            vm_id: vm_id.clone(),
            call_id: asked.call_id.clone(),
            outcome,
        };
        let is_no_json = bridge.answer_guest_request(answer(Ok(vec![0xff]))).await;
        assert_eq!(is_no_json.unwrap_err().code, ErrorCode::Invalid);
        bridge
            .answer_guest_request(answer(outcome.clone()))
            .await
            .unwrap();
        let twice = bridge.answer_guest_request(answer(outcome.clone())).await;
        assert_eq!(twice.unwrap_err().code, ErrorCode::NotFound);
        let (written, exit) = ended(&bridge, &vm_id, id).await;
        assert_eq!(exit, code, "{written}");
        let words = if outcome.is_ok() {
            "42"
        } else {
            "it cannot be"
        };
        assert!(written.contains(words), "{written}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_other_vms_go_on() {
    let bridge = execution();
    let asked = PollExecutionEventRequest {
        vm_id: "vm-9".to_owned(),
    };
    let none = bridge.poll_execution_event(asked).await.unwrap_err();
    assert_eq!(none.code, ErrorCode::NotFound);
    let refused = bridge.create_vm("nonsense").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Invalid);

    let (loud, calm) = (
        bridge.create_vm(ALLOW).await.unwrap(),
        bridge.create_vm(ALLOW).await.unwrap(),
    );
    let context = async |vm_id: &str| {
        let request = CreateJavascriptContextRequest {
            vm_id: vm_id.to_owned(),
            bootstrap_module: None,
        };
        bridge
            .create_javascript_context(request)
            .await
            .unwrap()
            .context_id
    };
    // One whose events nobody fetches.
    let text = b"const line = 'x'.repeat(65536); for (;;) process.stdout.write(line);";
    bridge
        .vm(&loud)
        .unwrap()
        .write_file("/tmp/loud.cjs", text)
        .await
        .unwrap();
    start(&bridge, &loud, &context(&loud).await, &["/tmp/loud.cjs"]).await;
    let calm_vm = bridge.vm(&calm).unwrap();
    calm_vm
        .write_file("/tmp/calm.cjs", b"console.log('calm');")
        .await
        .unwrap();
    let id = start(&bridge, &calm, &context(&calm).await, &["/tmp/calm.cjs"]).await;
    assert_eq!(ended(&bridge, &calm, &id).await, ("calm\n".to_owned(), 0));
    let missing = StartExecutionRequest {
        vm_id: calm.clone(),
        context_id: "js-context-7".to_owned(),
        argv: Vec::new(),
        env: Vec::new(),
        cwd: "/".to_owned(),
    };
    let missing = bridge.start_execution(missing).await.unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound);
}
