//! Sleeps and loops against the wall limit.

use std::time::Instant;

use tollgate::RunOptions;
use tollgate::engine::{CallError, RunError};
use tollgate::policy::LimitKey;
use tollgate_tests::guests;

use crate::support::{SOON, TOOLS, ended, grants, guest, host, load, records};

#[tokio::test]
async fn i5_i6_i7_sleeps_and_calls_without_end_are_ended_by_the_wall_limit() {
    let (host, log) = host();
    let grants = grants(&host, "wall=300ms");
    for file in [
        guests::ENDLESS_SLEEP,
        guests::ENDLESS_ZERO_SLEEP,
        guests::ENDLESS_CALLS,
    ] {
        let component = host.load(guest(file)).await.unwrap();
        let started = Instant::now();
        let outcome = component.command(RunOptions::new(&grants)).await.unwrap();
        assert!(
            matches!(outcome.result, Err(RunError::Limit(LimitKey::Wall))),
            "{file}: {:?}",
            outcome.result
        );
        assert!(started.elapsed() < SOON, "{file}: {:?}", started.elapsed());
        let records = records(&log, &outcome.run, ended).await;
        assert!(
            records
                .iter()
                .any(|record| record.resource.starts_with("wall=")),
            "{file}"
        );
    }
}

#[tokio::test]
async fn i1_a_loop_is_ended_by_the_wall_limit_where_it_comes_first() {
    let (host, _) = host();
    let component = load(&host, TOOLS).await;
    let grants = grants(&host, "wall=200ms,cpu=60s");
    let started = Instant::now();
    let outcome = component
        .call::<(), ()>("spin", (), RunOptions::new(&grants))
        .await
        .unwrap();
    assert!(matches!(
        outcome.result,
        Err(CallError::Run(RunError::Limit(LimitKey::Wall)))
    ));
    assert!(started.elapsed() < SOON);
}
