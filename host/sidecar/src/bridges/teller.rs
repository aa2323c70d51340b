//! What happens to VMs, told to a bridge. Nobody waits for it: what it does not take in time is dropped and counted, and the
//! count is told as soon as there is room again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tollgate_contract::EventBridge;
use tollgate_contract::events::{
    DiagnosticRecord, LifecycleEventRecord, LifecycleState, StructuredEventRecord,
};

/// Events that wait for the bridge.
pub(crate) const WAITING_EVENTS: usize = 1_024;
/// Bytes of one field at most; what is beyond them is cut.
const FIELD_BYTES: usize = 1_024;
/// How long the bridge may take for one event.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the last events are waited for.
const LAST_EVENTS: Duration = Duration::from_secs(1);

enum Happening {
    Lifecycle(LifecycleEventRecord),
    Structured(StructuredEventRecord),
    /// Somebody waits until all before it were told.
    Mark(oneshot::Sender<()>),
}

/// Tells a bridge what happens, where there is one. Clones are the same.
#[derive(Clone)]
pub(crate) struct Teller(Option<Arc<Inner>>);

struct Inner {
    queue: mpsc::Sender<Happening>,
    dropped: Arc<AtomicU64>,
    /// What is to be started where there is a runtime: when something is to be told.
    pump: Mutex<Option<Pump>>,
}

struct Pump {
    bridge: Arc<dyn EventBridge>,
    waiting: mpsc::Receiver<Happening>,
    dropped: Arc<AtomicU64>,
}

impl Teller {
    pub(crate) fn new(bridge: Option<Arc<dyn EventBridge>>) -> Self {
        Self(bridge.map(|bridge| {
            let (queue, waiting) = mpsc::channel(WAITING_EVENTS);
            let dropped = Arc::new(AtomicU64::new(0));
            let pump = Pump {
                bridge,
                waiting,
                dropped: Arc::clone(&dropped),
            };
            Arc::new(Inner {
                queue,
                dropped,
                pump: Mutex::new(Some(pump)),
            })
        }))
    }

    /// A VM is otherwise than before.
    pub(crate) fn lifecycle(&self, vm_id: &str, state: LifecycleState) {
        if let Some(inner) = &self.0 {
            inner.tell(Happening::Lifecycle(LifecycleEventRecord {
                vm_id: vm_id.to_owned(),
                state,
                detail: None,
            }));
        }
    }

    /// Something happened.
    pub(crate) fn event(&self, vm_id: &str, name: &str, fields: &[(&str, &str)]) {
        let Some(inner) = &self.0 else {
            return;
        };
        let field = |(name, value): &(&str, &str)| {
            let end = value.floor_char_boundary(FIELD_BYTES);
            let value = value.get(..end).unwrap_or_default();
            ((*name).to_owned(), value.to_owned())
        };
        inner.tell(Happening::Structured(StructuredEventRecord {
            vm_id: vm_id.to_owned(),
            name: name.to_owned(),
            fields: fields.iter().map(field).collect(),
        }));
    }

    /// Waits a moment for what was told so far.
    pub(crate) async fn settled(&self) {
        let Some(inner) = &self.0 else {
            return;
        };
        let (mark, reached) = oneshot::channel();
        inner.start();
        let waits = async {
            if inner.queue.send(Happening::Mark(mark)).await.is_ok() {
                let _told = reached.await;
            }
        };
        let _in_time = timeout(LAST_EVENTS, waits).await;
    }
}

impl Inner {
    fn tell(&self, happening: Happening) {
        self.start();
        if self.queue.try_send(happening).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn start(&self) {
        let pump = self
            .pump
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(pump) = pump {
            tokio::spawn(pump.run());
        }
    }
}

impl Pump {
    /// Until nobody has anything to tell any more.
    async fn run(mut self) {
        while let Some(happening) = self.waiting.recv().await {
            // What a bridge says about an event is nobody's to hear.
            let told = async {
                match happening {
                    Happening::Lifecycle(record) => {
                        let _ = self.bridge.emit_lifecycle(record).await;
                    }
                    Happening::Structured(record) => {
                        let _ = self.bridge.emit_structured_event(record).await;
                    }
                    Happening::Mark(mark) => {
                        let _ = mark.send(());
                    }
                }
                let dropped = self.dropped.swap(0, Ordering::Relaxed);
                if dropped > 0 {
                    let record = DiagnosticRecord {
                        vm_id: String::new(),
                        message: "events were dropped: the bridge does not keep up".to_owned(),
                        fields: vec![("count".to_owned(), dropped.to_string())],
                    };
                    let _ = self.bridge.emit_diagnostic(record).await;
                }
            };
            if timeout(PATIENCE, told).await.is_err() {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
