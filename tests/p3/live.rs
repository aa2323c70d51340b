//! Standard streams that are live, behind WASI 0.3: whoever embeds the host writes the input while the guest runs.

use std::sync::Arc;
use std::time::Duration;

use tollgate_audit::{Log, LogOptions, RunIdentity, RunLimits};
use tollgate_bridge::{
    Channel, Guest, Input, Output, StdinPipe, add_p3_to_linker, add_to_linker, output_queue,
};
use tollgate_engine::{Control, Ended, Engine, Entry, Gate, InForce, RunError, RunP3, Source};
use tollgate_policy::{Effective, PolicyBuilder};
use tollgate_tests::guests;

fn gate(control: &Control) -> Gate {
    let mut builder = PolicyBuilder::new();
    builder.command_line_defaults();
    let policy = Effective::new(builder.build().unwrap(), None).unwrap();
    let identity = RunIdentity {
        run: "run".to_owned(),
        vm: None,
        process: None,
        component: "sha256:0".to_owned(),
    };
    let log = Log::memory(LogOptions::default()).run(identity, RunLimits::default());
    Gate::controlled(
        InForce::new(Arc::new(policy)),
        log,
        None,
        Some(control.clone()),
    )
}

#[test]
fn a_guest_of_0_3_reads_a_pipe_and_writes_a_queue_while_it_runs() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let engine: Engine<RunP3> = Engine::new().unwrap();
        let source = Source::new(std::fs::read(guests::P3_CAT).unwrap()).unwrap();
        let (component, _) = engine.compile_in_process(&source, None, |_| ()).unwrap();
        let loaded = engine
            .link(source.digest(), &component, |linker| {
                add_to_linker(linker)?;
                add_p3_to_linker(linker)
            })
            .unwrap();
        let loaded = Arc::new(loaded);
        for killed in [false, true] {
            let (pipe, input) = StdinPipe::with_capacity(100);
            let (output, mut printed) = output_queue(Some(1000));
            let control = Control::new();
            let guest = Guest::builder(gate(&control))
                .stdin(Input::Pipe(input))
                .stdout(Output::Queue(output.clone()))
                .stderr(Output::Queue(output))
                .build();
            let (engine, loaded) = (engine.clone(), Arc::clone(&loaded));
            let run =
                tokio::spawn(async move { engine.run(&loaded, guest, &Entry::Command).await.0 });
            for text in ["first", "second"] {
                pipe.write(text).unwrap();
                let (channel, bytes) = printed.recv().await.unwrap();
                assert_eq!((channel, &bytes[..]), (Channel::Stdout, text.as_bytes()));
                let quiet = tokio::time::timeout(Duration::from_millis(20), printed.recv());
                assert!(quiet.await.is_err());
            }
            if killed {
                control.kill("SIGKILL");
                assert!(matches!(
                    run.await.unwrap(),
                    Err(RunError::Killed("SIGKILL"))
                ));
                assert_eq!(printed.recv().await, None);
                continue;
            }
            drop(pipe);
            let mut said = Vec::new();
            while let Some((channel, bytes)) = printed.recv().await {
                assert_eq!(channel, Channel::Stderr);
                said.extend_from_slice(&bytes);
            }
            assert_eq!(said, b"(Ok(()), Ok(()))\n");
            assert!(matches!(run.await.unwrap(), Ok(Ended::Exit(0))));
        }
    });
}
