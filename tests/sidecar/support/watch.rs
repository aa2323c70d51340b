//! What a VM told, for tests that wait for it.

use std::future::Future;
use std::time::Duration;

use tollgate_client::types::{EventPayload, StreamChannel, VmLifecycleState};
use tollgate_client::{Event, Events, Vm};

/// What must come to an end by itself, within a loose bound.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what)
        .await
        .expect("it came to its end within a minute")
}

/// Everything that a VM told so far.
pub(crate) struct Watch {
    events: Events,
    pub(crate) seen: Vec<EventPayload>,
}

/// How a program ended, and what it had written until then.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    #[track_caller]
    pub(crate) fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

impl Watch {
    pub(crate) fn over(vm: &Vm) -> Self {
        Self {
            events: vm.events(),
            seen: Vec::new(),
        }
    }

    /// The next event; none when there will be no more.
    pub(crate) async fn next(&mut self) -> Option<&EventPayload> {
        match soon(self.events.next()).await? {
            Event::Told(event) => self.seen.push(event),
            Event::Lost(lost) => panic!("{lost} events are lost"),
        }
        self.seen.last()
    }

    /// Waits until something that was told is this.
    pub(crate) async fn until(&mut self, is: impl Fn(&EventPayload) -> bool) {
        while !self.seen.iter().any(&is) {
            assert!(
                self.next().await.is_some(),
                "it never came: {:?}",
                self.seen
            );
        }
    }

    /// Waits until a program has ended.
    pub(crate) async fn ended(&mut self, process: &str) -> Ended {
        self.until(|event| exit_of(event, process).is_some()).await;
        let code = self.seen.iter().find_map(|event| exit_of(event, process));
        Ended {
            code: code.unwrap(),
            stdout: self.written(process, StreamChannel::Stdout),
            stderr: self.written(process, StreamChannel::Stderr),
        }
    }

    /// Waits until a program has written this to its standard output.
    pub(crate) async fn wrote(&mut self, process: &str, text: &str) {
        while !self.written(process, StreamChannel::Stdout).contains(text) {
            assert!(
                self.next().await.is_some(),
                "it never came: {:?}",
                self.seen
            );
        }
    }

    pub(crate) fn written(&self, process: &str, channel: StreamChannel) -> String {
        let mut all = Vec::new();
        for event in &self.seen {
            if let EventPayload::ProcessOutputEvent(event) = event
                && event.process_id == process
                && event.channel == channel
            {
                all.extend(&event.chunk);
            }
        }
        String::from_utf8_lossy(&all).into_owned()
    }

    /// How the VM stood, one after the other.
    pub(crate) fn states(&self) -> Vec<VmLifecycleState> {
        let states = self.seen.iter().filter_map(|event| match event {
            EventPayload::VmLifecycleEvent(event) => Some(event.state),
            _ => None,
        });
        states.collect()
    }
}

fn exit_of(event: &EventPayload, process: &str) -> Option<i32> {
    match event {
        EventPayload::ProcessExitedEvent(event) if event.process_id == process => {
            Some(event.exit_code)
        }
        _ => None,
    }
}
