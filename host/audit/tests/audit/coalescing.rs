use crate::support::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use tollgate_audit::{Decision, Detail, Entry, Log, LogOptions};

type Sums = BTreeMap<(String, String, Decision, String), (u64, u64, u64)>;

const OUTCOMES: [&str; 4] = ["ok", "not-permitted", "would-block", "dropped"];

/// Runs the calls on two threads and gives what was asked and what the log says.
fn told(calls: Vec<(u8, bool, u8, u16)>, detail: Detail) -> (Sums, Sums, usize) {
    let log = Log::memory(LogOptions {
        detail,
        recent_records: 100_000,
        ..LogOptions::default()
    });
    let mut model = Sums::new();
    for (n, (resource, deny, outcome, bytes)) in calls.iter().enumerate() {
        let decision = if *deny {
            Decision::Deny
        } else {
            Decision::Allow
        };
        let outcome = OUTCOMES[usize::from(*outcome) % 4];
        let name = (
            (n % 3).to_string(),
            format!("/{resource}"),
            decision,
            outcome.to_owned(),
        );
        let sum = model.entry(name).or_default();
        let (bytes_in, bytes_out) = if outcome == "dropped" {
            (0, 0)
        } else {
            (u64::from(*bytes), 1)
        };
        *sum = (sum.0 + 1, sum.1 + bytes_in, sum.2 + bytes_out);
    }
    block_on(async {
        let tasks = (0..3).map(|task| {
            let run = log.run(identity(&task.to_string()), UNLIMITED);
            let mine: Vec<_> = calls
                .iter()
                .copied()
                .enumerate()
                .filter(|(n, _)| n % 3 == task)
                .collect();
            tokio::spawn(async move {
                for (_, (resource, deny, outcome, bytes)) in mine {
                    let resource = format!("/{resource}");
                    let entry = if deny {
                        denied(&resource)
                    } else {
                        entry(&resource)
                    };
                    let pending = run
                        .begin(Entry {
                            high_rate: true,
                            ..entry
                        })
                        .await
                        .unwrap();
                    match OUTCOMES[usize::from(outcome) % 4] {
                        "dropped" => drop(pending),
                        outcome => pending.finish(outcome, u64::from(bytes), 1),
                    }
                }
                run.end().await.unwrap();
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
    let mut sums = Sums::new();
    let mut records = 0;
    for record in log
        .recent()
        .into_iter()
        .filter(|record| !record.run.is_empty())
    {
        let sum = sums
            .entry((record.run, record.resource, record.decision, record.outcome))
            .or_default();
        *sum = (
            sum.0 + record.count,
            sum.1 + record.bytes_in,
            sum.2 + record.bytes_out,
        );
        records += 1;
    }
    (model, sums, records)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_coalesced_log_says_as_much_as_a_full_one(
        calls in prop::collection::vec((0_u8..20, any::<bool>(), 0_u8..4, any::<u16>()), 0..3000)
    ) {
        let count = calls.len();
        let (model, coalesced, _) = told(calls.clone(), Detail::Coalesced);
        prop_assert_eq!(&coalesced, &model);
        let (_, full, records) = told(calls, Detail::Full);
        prop_assert_eq!(&full, &model);
        prop_assert_eq!(records, count);
    }
}

#[test]
fn equal_calls_become_few_records() {
    let calls = vec![(1, false, 0, 7); 9000];
    let (model, sums, records) = told(calls, Detail::Coalesced);
    assert_eq!(sums, model);
    assert!(records < 100, "{records}");
}
