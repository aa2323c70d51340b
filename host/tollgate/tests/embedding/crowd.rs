//! A thousand programs that live at once in one process, each with its own input and output.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tollgate::engine::{Pool, RunError};
use tollgate::policy::Policy;
use tollgate::{
    Component, Grants, Outcome, OutputReceiver, RunControl, RunOptions, StdinPipe, output_queue,
};
use tollgate_languages::{ENGINE, JavaScript};
use tollgate_tests::guests;

use crate::support::{TOOLS, builder, grants, guest, load, runtime, usual};

const AT_ONCE: usize = 1_000;

/// Answers each line, and lives until its input ends.
const ECHO: &str = "let own = 0;
    process.stdin.on('data', (data) => console.log(++own, String(data).trim()));
    process.stdin.on('end', () => console.log('end'));
    console.log('here');";

/// One that lives.
struct Live {
    pipe: StdinPipe,
    printed: OutputReceiver,
    control: RunControl,
}

impl Live {
    fn begin(engine: &Component, granted: &Grants) -> (Self, JoinHandle<Outcome>) {
        let (pipe, input) = StdinPipe::new();
        let (output, printed) = output_queue(None);
        let control = RunControl::new();
        let options = RunOptions::new(granted)
            .program(Arc::new(JavaScript::text_in_tree("/", ECHO)))
            .stdin_pipe(input)
            .output(output)
            .control(&control);
        let engine = engine.clone();
        let run = tokio::spawn(async move { engine.command(options).await.unwrap() });
        let live = Self {
            pipe,
            printed,
            control,
        };
        (live, run)
    }

    async fn line(&mut self) -> String {
        let mut text = Vec::new();
        while !text.ends_with(b"\n") {
            let (_, bytes) = self.printed.recv().await.unwrap();
            text.extend_from_slice(&bytes);
        }
        String::from_utf8(text).unwrap()
    }
}

fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[test]
fn a_thousand_programs_in_javascript_live_at_once_and_there_is_room_for_no_more() {
    runtime(2).block_on(async {
        let pool = Pool::of(u32::try_from(AT_ONCE).unwrap());
        let host = builder().pool(pool).end_without_flush().build().unwrap();
        let engine = host.load(ENGINE).await.unwrap();
        let policy: Policy = usual("wall=1h");
        let granted = host.grants(policy).unwrap();
        let begin = || Live::begin(&engine, &granted);
        let (started, before) = (Instant::now(), resident());
        let (mut lives, mut runs): (Vec<_>, Vec<_>) = (0..AT_ONCE).map(|_| begin()).unzip();
        for live in &mut lives {
            assert_eq!(live.line().await, "here\n");
        }
        assert!(started.elapsed() < Duration::from_secs(120));
        let each = (resident() - before) / AT_ONCE as u64;
        // A program that waits holds little beside what all have in common.
        assert!(each < 8 << 20, "{each} bytes each");

        // The pool that was asked for is the one that there is: it has no place left.
        let (_, run) = begin();
        assert!(matches!(run.await.unwrap().result, Err(RunError::Full(_))));

        for (number, live) in lives.iter_mut().enumerate() {
            live.pipe.write(format!("{number}\n")).unwrap();
        }
        for (number, live) in lives.iter_mut().enumerate() {
            assert_eq!(live.line().await, format!("1 {number}\n"));
        }
        for (number, live) in lives.iter().enumerate() {
            match number % 2 {
                0 => live.pipe.close(),
                _ => live.control.kill("SIGTERM"),
            }
        }
        for (number, run) in runs.drain(..).enumerate() {
            let outcome = run.await.unwrap();
            match outcome.result {
                Ok(_) => assert_eq!(number % 2, 0),
                Err(RunError::Killed("SIGTERM")) => assert_eq!(number % 2, 1),
                other => panic!("{other:?}"),
            }
        }
    });
}

/// Twelve loops on two threads, and one that answers: it is heard, and each loop is killed soon.
#[test]
fn more_loops_than_threads_run_beside_each_other_and_beside_one_that_answers() {
    runtime(2).block_on(async {
        let (host, _) = crate::support::host();
        let endless = host.load(guest(guests::ENDLESS)).await.unwrap();
        let answers = host.load(guest(guests::FS_OPS)).await.unwrap();
        let long = grants(&host, "cpu=60s,wall=60s");
        let mut loops = Vec::new();
        for _ in 0..12 {
            let control = RunControl::new();
            let options = RunOptions::new(&long).control(&control);
            let component = endless.clone();
            loops.push((
                control,
                tokio::spawn(async move { component.command(options).await.unwrap() }),
            ));
        }
        let (pipe, input) = StdinPipe::new();
        let (output, printed) = output_queue(None);
        let options = RunOptions::new(&long).stdin_pipe(input).output(output);
        let run = tokio::spawn(async move { answers.command(options).await.unwrap() });
        let mut live = Live {
            pipe,
            printed,
            control: RunControl::new(),
        };
        let watch = tokio::spawn(async move {
            let mut worst = Duration::ZERO;
            for _ in 0..20 {
                let started = Instant::now();
                live.pipe.write("nonsense\n").unwrap();
                live.line().await;
                worst = worst.max(started.elapsed());
            }
            worst
        });
        let worst = watch.await.unwrap();
        assert!(worst < crate::support::SOON, "{worst:?}");
        assert!(run.await.unwrap().result.is_ok());
        let mut shares = Vec::new();
        for (control, run) in loops {
            let started = Instant::now();
            control.kill("SIGKILL");
            let outcome = run.await.unwrap();
            assert!(started.elapsed() < crate::support::SOON);
            shares.push(outcome.usage.cpu);
        }
        assert!(
            shares.iter().all(|cpu| !cpu.is_zero()),
            "each had its turns: {shares:?}"
        );
        // What stays is as it was.
        let tools = load(&host, TOOLS).await;
        let added = tools
            .call::<_, (u32,)>("add", (1_u32, 2_u32), RunOptions::new(&long))
            .await;
        assert_eq!(added.unwrap().result.unwrap(), (3,));
    });
}

#[test]
fn beyond_a_full_pool_programs_in_javascript_live_too() {
    runtime(2).block_on(async {
        let host = builder().pool_and_beyond(Pool::of(2)).build().unwrap();
        let engine = host.load(ENGINE).await.unwrap();
        let granted = host.grants(usual("wall=1h")).unwrap();
        let mut living = Vec::new();
        for _ in 0..6 {
            living.push(Live::begin(&engine, &granted));
        }
        for (live, _) in &mut living {
            assert_eq!(live.line().await, "here\n");
        }
        for (number, (live, _)) in living.iter_mut().enumerate() {
            live.pipe.write(format!("{number}\n")).unwrap();
            assert_eq!(live.line().await, format!("1 {number}\n"));
        }
        for (number, (live, run)) in living.into_iter().enumerate() {
            // What ends a guest reaches those beyond the pool as well.
            match number % 2 {
                0 => live.pipe.close(),
                _ => live.control.kill("SIGTERM"),
            }
            match run.await.unwrap().result {
                Ok(_) => assert_eq!(number % 2, 0),
                Err(RunError::Killed("SIGTERM")) => assert_eq!(number % 2, 1),
                other => panic!("{other:?}"),
            }
        }
    });
}
