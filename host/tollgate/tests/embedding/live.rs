//! Standard streams that are written and read while the guest runs, and what a handle on a run does.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::task::JoinHandle;
use tollgate::audit::Decision;
use tollgate::engine::{Ended, RunError};
use tollgate::policy::LimitKey;
use tollgate::{
    Channel, Component, Host, Outcome, OutputReceiver, PipeError, RunControl, RunOptions,
    StdinPipe, Stopped, output_queue,
};
use tollgate_tests::guests;

use crate::support::{SOON, TOOLS, ended, grants, guest, host, load, records, runtime};

/// A command on its way, with the ends of its streams.
struct Live {
    pipe: StdinPipe,
    printed: OutputReceiver,
    control: RunControl,
    run: JoinHandle<Outcome>,
}

impl Live {
    fn begin(host: &Host, component: &Component, limits: &str, queue: Option<usize>) -> Self {
        let (pipe, input) = StdinPipe::with_capacity(64 << 10);
        let (output, printed) = output_queue(queue);
        let control = RunControl::new();
        let options = RunOptions::new(&grants(host, limits))
            .stdin_pipe(input)
            .output(output)
            .control(&control);
        let component = component.clone();
        let run = tokio::spawn(async move { component.command(options).await.unwrap() });
        Self {
            pipe,
            printed,
            control,
            run,
        }
    }

    /// The text of the next chunk.
    async fn next(&mut self) -> String {
        let chunk = tokio::time::timeout(SOON, self.printed.recv()).await;
        let (_, bytes) = chunk.unwrap().unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// All that is still to come, of both streams.
    async fn rest(&mut self) -> (Vec<u8>, Vec<u8>) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        while let Some((channel, bytes)) = self.printed.recv().await {
            match channel {
                Channel::Stdout => out.extend_from_slice(&bytes),
                Channel::Stderr => err.extend_from_slice(&bytes),
            }
        }
        (out, err)
    }
}

#[test]
fn a_guest_answers_line_by_line_and_ends_with_its_input() {
    let (host, log) = host();
    runtime(2).block_on(async {
        let component = host.load(guest(guests::FS_OPS)).await.unwrap();
        let mut live = Live::begin(&host, &component, "", None);
        for _ in 0..3 {
            live.pipe.write("nonsense\n").unwrap();
            assert!(live.next().await.contains("bad-line"));
            // It waits for more, and takes nothing meanwhile.
            let quiet = tokio::time::timeout(Duration::from_millis(50), live.printed.recv());
            assert!(quiet.await.is_err());
        }
        assert_eq!(live.pipe.queued(), 0);
        drop(live.pipe);
        let outcome = live.run.await.unwrap();
        assert!(
            matches!(outcome.result, Ok(Ended::Exit(0))),
            "{:?}",
            outcome.result
        );
        assert_eq!(live.printed.recv().await, None);
        let records = records(&log, &outcome.run, ended).await;
        let read: u64 = records
            .iter()
            .filter(|record| record.operation == "stdio.read")
            .map(|record| record.bytes_in)
            .sum();
        assert_eq!(read, 3 * 9, "{records:#?}");
    });
}

#[test]
fn what_is_written_to_a_run_that_is_over_is_refused() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let component = host.load(guest(guests::HELLO)).await.unwrap();
        let mut live = Live::begin(&host, &component, "", None);
        let (out, _) = live.rest().await;
        assert!(!out.is_empty());
        live.run.await.unwrap();
        assert_eq!(live.pipe.write("a"), Err(PipeError::Gone));
        live.pipe.close();
        assert_eq!(live.pipe.write("a"), Err(PipeError::Closed));
    });
}

#[test]
fn a_pipe_takes_what_it_holds_and_a_guest_reads_all_of_it() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let component = host.load(guest(guests::CAT)).await.unwrap();
        let mut live = Live::begin(&host, &component, "output=16MiB", Some(100 << 10));
        let piece: Bytes = (0..=255_u8).cycle().take(30_000).collect::<Vec<_>>().into();
        let mut whole = Vec::new();
        let mut refused = 0;
        for _ in 0..100 {
            while let Err(error) = live.pipe.write(piece.clone()) {
                assert!(
                    matches!(error, PipeError::Full { wanted: 30_000, .. }),
                    "{error}"
                );
                refused += 1;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            whole.extend_from_slice(&piece);
        }
        assert!(refused > 0, "64 KiB hold two of a hundred");
        live.pipe.close();
        let (out, err) = live.rest().await;
        assert!(out == whole, "{} of {} bytes", out.len(), whole.len());
        assert_eq!(err, b"read Ok(3000000) wrote true\n");
        assert!(live.run.await.unwrap().result.is_ok());
    });
}

#[test]
fn a_guest_waits_while_nobody_takes_its_output() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let component = host.load(guest(guests::FLOOD)).await.unwrap();
        let mut live = Live::begin(&host, &component, "output=4MiB,cpu=60s", Some(64 << 10));
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!live.run.is_finished());
        let mut there = 0;
        while let Some((_, bytes)) = live.printed.try_recv() {
            there += bytes.len();
            if there > 1 << 20 {
                break;
            }
        }
        // What the queue holds, what fills it, and what the guest writes while it is emptied.
        assert!(there >= 32 << 10, "{there}");
        let (out, _) = live.rest().await;
        assert_eq!(there + out.len(), 4 << 20, "all that it may write");
        let outcome = live.run.await.unwrap();
        assert!(matches!(
            outcome.result,
            Err(RunError::Limit(LimitKey::Output))
        ));
    });
}

#[test]
fn a_guest_whose_output_nobody_wants_finds_it_closed() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let component = host.load(guest(guests::FLOOD)).await.unwrap();
        let live = Live::begin(&host, &component, "cpu=60s", Some(64 << 10));
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(live.printed);
        let outcome = tokio::time::timeout(SOON, live.run).await.unwrap().unwrap();
        assert!(
            matches!(outcome.result, Ok(Ended::Exit(_))),
            "{:?}",
            outcome.result
        );
    });
}

#[test]
fn what_a_guest_wrote_before_it_was_killed_is_there() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let component = host.load(guest(guests::FS_OPS)).await.unwrap();
        for _ in 0..20 {
            let mut live = Live::begin(&host, &component, "", None);
            live.pipe.write("one\ntwo\n").unwrap();
            assert!(live.next().await.contains("bad-line"));
            tokio::time::sleep(Duration::from_millis(5)).await;
            live.control.kill("SIGKILL");
            let outcome = tokio::time::timeout(SOON, live.run).await.unwrap().unwrap();
            assert!(matches!(outcome.result, Err(RunError::Killed("SIGKILL"))));
            let used = outcome.usage.output;
            let mut got = 0;
            while let Some((_, bytes)) = live.printed.recv().await {
                got += bytes.len() as u64;
            }
            // The first line was taken before.
            assert!(got < used && used - got < 200, "{got} of {used}");
        }
    });
}

#[test]
fn a_loop_is_killed_at_once_and_the_log_says_with_what() {
    let (host, log) = host();
    runtime(2).block_on(async {
        let component = host.load(guest(guests::ENDLESS)).await.unwrap();
        let live = Live::begin(&host, &component, "cpu=60s", None);
        // Long enough for what it is to have computed, also on a machine that has other work.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let started = Instant::now();
        live.control.kill("SIGTERM");
        live.control.kill("SIGKILL");
        let outcome = live.run.await.unwrap();
        assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
        assert!(
            matches!(outcome.result, Err(RunError::Killed("SIGTERM"))),
            "{:?}",
            outcome.result
        );
        assert!(
            outcome.usage.cpu >= Duration::from_millis(50),
            "{:?}",
            outcome.usage
        );
        assert!(outcome.usage.memory > 0, "{:?}", outcome.usage);
        let records = records(&log, &outcome.run, ended).await;
        let end = records
            .iter()
            .find(|record| record.operation == "run.end")
            .unwrap();
        assert_eq!(
            (end.resource.as_str(), end.outcome.as_str()),
            ("SIGTERM", "killed")
        );
        assert_eq!(end.decision, Decision::Allow);
    });
}

#[test]
fn a_run_that_waits_that_is_paused_or_that_has_not_begun_is_killed_too() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let waits = host.load(guest(guests::CAT)).await.unwrap();
        let live = Live::begin(&host, &waits, "", None);
        tokio::time::sleep(Duration::from_millis(20)).await;
        live.control.kill("SIGINT");
        let outcome = tokio::time::timeout(SOON, live.run).await.unwrap().unwrap();
        assert!(matches!(outcome.result, Err(RunError::Killed("SIGINT"))));

        let spins = host.load(guest(guests::ENDLESS)).await.unwrap();
        let live = Live::begin(&host, &spins, "", None);
        live.control.pause();
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!live.run.is_finished() && live.control.is_paused());
        live.control.kill("SIGKILL");
        let outcome = tokio::time::timeout(SOON, live.run).await.unwrap().unwrap();
        assert!(matches!(outcome.result, Err(RunError::Killed("SIGKILL"))));

        let control = RunControl::new();
        control.kill("SIGHUP");
        let options = RunOptions::new(&grants(&host, "")).control(&control);
        let outcome = spins.command(options).await.unwrap();
        assert!(matches!(outcome.result, Err(RunError::Killed("SIGHUP"))));
    });
}

#[test]
fn a_pause_takes_neither_wall_nor_processor_time() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let component = host.load(guest(guests::ENDLESS)).await.unwrap();
        let live = Live::begin(&host, &component, "wall=400ms,cpu=60s", None);
        tokio::time::sleep(Duration::from_millis(100)).await;
        live.control.pause();
        live.control.pause();
        // Past the limit by far, were it counted.
        tokio::time::sleep(Duration::from_millis(900)).await;
        assert!(!live.run.is_finished());
        live.control.resume();
        let outcome = tokio::time::timeout(SOON, live.run).await.unwrap().unwrap();
        assert!(matches!(
            outcome.result,
            Err(RunError::Limit(LimitKey::Wall))
        ));
        assert!(
            outcome.usage.wall >= Duration::from_millis(400),
            "{:?}",
            outcome.usage
        );
        assert!(
            outcome.usage.wall < Duration::from_millis(900),
            "{:?}",
            outcome.usage
        );
        assert!(
            outcome.usage.cpu < Duration::from_millis(900),
            "{:?}",
            outcome.usage
        );
    });
}

#[test]
fn a_guest_that_is_paused_answers_after_it_goes_on() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let component = host.load(guest(guests::FS_OPS)).await.unwrap();
        let mut live = Live::begin(&host, &component, "", None);
        live.pipe.write("a\n").unwrap();
        live.next().await;
        live.control.pause();
        live.pipe.write("b\n").unwrap();
        let quiet = tokio::time::timeout(Duration::from_millis(100), live.printed.recv());
        assert!(quiet.await.is_err());
        assert_eq!(live.pipe.queued(), 2);
        live.control.resume();
        live.next().await;
        live.pipe.close();
        assert!(live.run.await.unwrap().result.is_ok());
    });
}

#[test]
fn an_instance_that_is_killed_takes_no_further_call() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let component = load(&host, TOOLS).await;
        let control = RunControl::new();
        let options = RunOptions::new(&grants(&host, "cpu=60s")).control(&control);
        let mut instance = component.instantiate(options).await.unwrap();
        assert_eq!(
            instance.call::<(), (u32,)>("count", ()).await.unwrap(),
            (1,)
        );
        let killer = control.clone();
        let killing = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            killer.kill("SIGKILL");
        });
        let spun = tokio::time::timeout(SOON, instance.call::<(), ()>("spin", ())).await;
        assert!(spun.unwrap().is_err());
        killing.await.unwrap();
        assert_eq!(instance.stopped(), Some(Stopped::Killed("SIGKILL")));
        assert!(instance.call::<(), (u32,)>("count", ()).await.is_err());
        let outcome = instance.close().await;
        assert_eq!(outcome.result, Err(Stopped::Killed("SIGKILL")));
    });
}

/// A dropped run is over within moments, with its slot and its record.
#[test]
fn a_run_that_is_dropped_in_a_loop_frees_its_place_at_once() {
    use tollgate::audit::{Log, LogOptions};
    use tollgate::engine::Pool;

    let log = Log::memory(LogOptions::default());
    let host = crate::support::builder()
        .pool(Pool::of(1))
        .log(log.clone())
        .build()
        .unwrap();
    runtime(2).block_on(async {
        let endless = host.load(guest(guests::ENDLESS)).await.unwrap();
        let tools = load(&host, TOOLS).await;
        for _ in 0..20 {
            let live = Live::begin(&host, &endless, "cpu=60s", None);
            tokio::time::sleep(Duration::from_millis(20)).await;
            let started = Instant::now();
            live.run.abort();
            assert!(live.run.await.unwrap_err().is_cancelled());
            let one = RunOptions::new(&grants(&host, ""));
            let added = tools.call::<_, (u32,)>("add", (1_u32, 2_u32), one).await;
            assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
            assert_eq!(
                added.unwrap().result.unwrap(),
                (3,),
                "the only place is free"
            );
        }
        let ends = log
            .recent()
            .into_iter()
            .filter(|record| record.operation == "run.end");
        assert_eq!(
            ends.filter(|record| record.outcome == "cancelled").count(),
            20
        );
    });
}
