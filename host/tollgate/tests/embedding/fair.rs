//! Guests that spin beside guests that do not.

use std::time::{Duration, Instant};

use tollgate::RunOptions;
use tollgate::engine::{CallError, RunError};
use tollgate::policy::LimitKey;

use crate::support::{SOON, TOOLS, grants, host, load, runtime};

#[test]
fn i20_sixty_four_tenants_that_spin_on_two_threads_leave_room_for_each_other_and_for_a_short_guest()
{
    let (host, _) = host();
    runtime(2).block_on(async {
        let component = load(&host, TOOLS).await;
        let spins = grants(&host, "cpu=150ms,wall=300s");
        let usual = grants(&host, "");
        let mut spinning = Vec::new();
        for _ in 0..64 {
            let (component, spins) = (component.clone(), spins.clone());
            spinning.push(tokio::spawn(async move {
                component
                    .call::<(), ()>("spin", (), RunOptions::new(&spins))
                    .await
                    .unwrap()
            }));
        }
        // Looked at from a task of the same runtime, as a server's would be.
        let (watched, short) = (component.clone(), usual.clone());
        let watch = tokio::spawn(async move {
            let mut worst = (Duration::ZERO, Duration::ZERO);
            for _ in 0..3 {
                let started = Instant::now();
                tokio::time::sleep(Duration::from_millis(50)).await;
                worst.0 = worst.0.max(started.elapsed());
                let started = Instant::now();
                let add = watched.call::<_, (u32,)>("add", (1_u32, 2_u32), RunOptions::new(&short));
                assert_eq!(add.await.unwrap().result.unwrap(), (3,));
                worst.1 = worst.1.max(started.elapsed());
            }
            worst
        });
        let (timer, short) = watch.await.unwrap();
        let still: usize = spinning.iter().filter(|task| !task.is_finished()).count();
        assert!(still > 0, "they still spin while the others are looked at");
        assert!(timer < SOON, "a timer of 50 ms took {timer:?}");
        assert!(short < SOON, "a short guest took {short:?}");
        let mut walls = Vec::new();
        for task in spinning {
            let outcome = task.await.unwrap();
            assert!(matches!(
                outcome.result,
                Err(CallError::Run(RunError::Limit(LimitKey::Cpu)))
            ));
            assert!(
                outcome.usage.cpu >= Duration::from_millis(150),
                "{:?}",
                outcome.usage
            );
            walls.push(outcome.usage.wall);
        }
        let (first, last) = (walls.iter().min().unwrap(), walls.iter().max().unwrap());
        assert!(
            *first * 4 > *last,
            "the first was through after {first:?}, the last after {last:?}"
        );
    });
}

/// Fills all the memory that it may have, again and again.
const FILLS: &str = r#"(component
    (core module $m
        (memory 1)
        (func (export "fill")
            (drop (memory.grow (i32.const 500)))
            (loop $l
                (memory.fill (i32.const 0) (i32.const 7) (i32.mul (memory.size) (i32.const 65536)))
                (br $l))))
    (core instance $i (instantiate $m))
    (func (export "fill") (canon lift (core func $i "fill"))))"#;

#[test]
fn i19_a_neighbour_that_fills_its_memory_leaves_room_for_short_guests() {
    let (host, _) = host();
    runtime(2).block_on(async {
        let (fills, tools) = (load(&host, FILLS).await, load(&host, TOOLS).await);
        let (long, usual) = (
            grants(&host, "memory=64MiB,cpu=3s,wall=60s"),
            grants(&host, ""),
        );
        let mut filling = Vec::new();
        for _ in 0..2 {
            let (fills, long) = (fills.clone(), long.clone());
            filling.push(tokio::spawn(async move {
                fills
                    .call::<(), ()>("fill", (), RunOptions::new(&long))
                    .await
                    .unwrap()
            }));
        }
        let watch = tokio::spawn(async move {
            let mut worst = Duration::ZERO;
            for _ in 0..20 {
                let started = Instant::now();
                let add = tools.call::<_, (u32,)>("add", (1_u32, 2_u32), RunOptions::new(&usual));
                assert_eq!(add.await.unwrap().result.unwrap(), (3,));
                worst = worst.max(started.elapsed());
            }
            worst
        });
        let worst = watch.await.unwrap();
        assert!(worst < SOON, "{worst:?}");
        for task in filling {
            let outcome = task.await.unwrap();
            assert!(matches!(
                outcome.result,
                Err(CallError::Run(RunError::Limit(LimitKey::Cpu)))
            ));
        }
    });
}
