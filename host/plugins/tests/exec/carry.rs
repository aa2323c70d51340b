//! Any ground: how what it says becomes an error, and that nobody waits for what is not ready in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tollgate::QueuedOutput;
use tollgate_plugins::exec::{
    Code, Error, Ground, Language, Order, Request, Running, Unfound, Unspawned, Unstarted,
    carry_out,
};

/// A ground where no program is ever started.
enum Bare {
    Unfound(Unfound),
    Unstarted(Unstarted),
    /// It loads for ever, and this says when it is given up.
    Slow(Arc<AtomicBool>),
}

struct Told(Arc<AtomicBool>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

enum Never {}

impl Ground for Bare {
    type Found = ();
    type Ready = Never;

    async fn find(&self, _path: &str) -> Result<(), Unfound> {
        match self {
            Self::Unfound(why) => Err(*why),
            Self::Unstarted(_) | Self::Slow(_) => Ok(()),
        }
    }

    async fn load(&self, (): (), _order: Order) -> Result<Never, Unstarted> {
        match self {
            Self::Unfound(_) => Err(Unstarted::Failed(Unspawned::Full)),
            Self::Unstarted(why) => Err(*why),
            Self::Slow(told) => {
                let _told = Told(Arc::clone(told));
                std::future::pending().await
            }
        }
    }

    fn start(&self, ready: Never, _output: QueuedOutput) -> Running<'_> {
        match ready {}
    }
}

async fn refused(ground: &Bare, input: Value) -> Error {
    let request = json!({
        "kind": "run_program_v1", "program_path": "/p", "stdin_json": input, "timeout_ms": 50,
    });
    let request = Request::read(request).unwrap();
    carry_out(ground, request).await.unwrap_err()
}

#[tokio::test]
async fn what_a_ground_says_is_told_by_a_code_of_its_own() {
    for (why, code) in [
        (Unfound::NotAllowed, Code::ProgramNotAllowed),
        (Unfound::Missing, Code::ProgramMissing),
        (Unfound::NotExecutable, Code::ProgramNotExecutable),
        (
            Unfound::LeftOut(Language::JavaScript),
            Code::ProgramNotExecutable,
        ),
    ] {
        let error = refused(&Bare::Unfound(why), Value::Null).await;
        assert_eq!((error.code(), error.details()), (code, None));
    }
    let left_out = Bare::Unfound(Unfound::LeftOut(Language::Python));
    let message = refused(&left_out, Value::Null).await.to_json()["message"].clone();
    assert_eq!(
        message,
        "program_path is not executable: this build runs no Python (feature `python`)"
    );
    for (why, word) in [
        (Unspawned::Invalid, "invalid"),
        (Unspawned::TooLarge, "too-large"),
        (Unspawned::Runtime, "runtime"),
        (Unspawned::Refused, "refused"),
        (Unspawned::Full, "full"),
        (Unspawned::Audit, "audit"),
    ] {
        let error = refused(&Bare::Unstarted(Unstarted::Failed(why)), Value::Null).await;
        assert_eq!(error.code(), Code::SpawnFailed);
        let details = json!({"program_path": "/p", "reason": word});
        assert_eq!(error.to_json()["details"], details);
    }
    let error = refused(&Bare::Unstarted(Unstarted::StdinDenied), Value::Null).await;
    assert_eq!(error.code(), Code::StdinWriteFailed);
    assert_eq!(error.details().unwrap()["program_path"], "/p");
}

#[tokio::test]
async fn the_program_is_looked_for_before_its_input_is_looked_at() {
    let long = json!("x".repeat(1 << 20));
    let error = refused(&Bare::Unfound(Unfound::Missing), long.clone()).await;
    assert_eq!(error.code(), Code::ProgramMissing);
    let error = refused(&Bare::Unstarted(Unstarted::Failed(Unspawned::Full)), long).await;
    assert_eq!(error.code(), Code::StdinTooLarge);
}

#[tokio::test]
async fn what_is_not_ready_in_time_is_given_up() {
    let told = Arc::new(AtomicBool::new(false));
    let error = refused(&Bare::Slow(Arc::clone(&told)), Value::Null).await;
    assert_eq!(error.code(), Code::Timeout);
    assert_eq!(error.details().unwrap()["timeout_ms"], 50);
    assert!(told.load(Ordering::Relaxed));
}
