//! What a policy leaves to be asked: the sidecar's bridge decides, where it has one, and else, or where that says so, the client,
//! where it has registered a function for that.
//!
//! The function is `permissions:decide`. It is given the capability and the resource, and says `allow` or `deny`; anything
//! else denies. Each question is asked anew, and only whoever asked waits for it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tollgate::engine::{Decider, async_trait};
use tollgate_contract::PermissionBridge;
use tollgate_contract::permissions::PermissionVerdict;
use tollgate_policy::Question;
use tollgate_protocol::types::{
    HostCallbackRequest, SidecarRequestPayload, SidecarResponsePayload,
};

use crate::bridges::{Teller, verdict};
use crate::front::{Events, Front};

/// The function that is asked.
pub(crate) const KEY: &str = "permissions:decide";
/// How long it is waited for at most, whatever it was registered with.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of a resource that are told. A client is not asked to decide about more than it can be shown.
const RESOURCE_BYTES: usize = 16_384;

/// How long the function is to be waited for, where it is registered.
pub(crate) type Registered = Arc<dyn Fn() -> Option<Duration> + Send + Sync>;

/// Whom a VM asks. Clones are the same.
#[derive(Clone)]
pub(crate) struct Prompt(Arc<Asking>);

struct Asking {
    events: Arc<Events>,
    above: Above,
    registered: OnceLock<Registered>,
}

/// Who is asked before the client, and who is told.
pub(crate) struct Above {
    pub(crate) vm_id: String,
    pub(crate) bridge: Option<Arc<dyn PermissionBridge>>,
    pub(crate) teller: Teller,
}

impl Prompt {
    pub(crate) fn new(events: Arc<Events>, above: Above) -> Self {
        Self(Arc::new(Asking {
            events,
            above,
            registered: OnceLock::new(),
        }))
    }

    /// Says how to find out whether the function is registered. The first answer counts; before it nobody is asked.
    pub(crate) fn registered(&self, registered: Registered) {
        self.0.registered.get_or_init(|| registered);
    }

    /// What answers for one process, or for the client itself.
    pub(crate) fn decider(&self, process: Option<&str>) -> Arc<dyn Decider> {
        Arc::new(Asker {
            prompt: self.clone(),
            process: process.map(str::to_owned),
        })
    }

    fn patience(&self) -> Option<Duration> {
        let registered = self.0.registered.get()?;
        registered().map(|patience| patience.min(PATIENCE))
    }
}

struct Asker {
    prompt: Prompt,
    process: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Word(Verdict),
    Object { verdict: Verdict },
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Allow,
    Deny,
}

fn allows(said: &str) -> bool {
    match serde_json::from_str(said) {
        Ok(Said::Word(verdict) | Said::Object { verdict }) => verdict == Verdict::Allow,
        Err(_) => said == "allow",
    }
}

#[async_trait]
impl Decider for Asker {
    fn is_there(&self) -> bool {
        self.prompt.0.above.bridge.is_some() || self.prompt.patience().is_some()
    }

    async fn allows(&self, question: &Question) -> bool {
        let allowed = self.decide(question).await;
        if !allowed {
            let Above { vm_id, teller, .. } = &self.prompt.0.above;
            let fields = [
                ("operation", question.operation()),
                ("resource", question.resource()),
                ("process", self.process.as_deref().unwrap_or_default()),
            ];
            teller.event(vm_id, "security.permission.denied", &fields);
        }
        allowed
    }
}

impl Asker {
    async fn decide(&self, question: &Question) -> bool {
        if question.resource().len() > RESOURCE_BYTES {
            return false;
        }
        let Above { vm_id, bridge, .. } = &self.prompt.0.above;
        let said = match bridge {
            Some(bridge) => verdict(bridge, vm_id, question).await,
            None => PermissionVerdict::Prompt,
        };
        match said {
            PermissionVerdict::Allow => true,
            PermissionVerdict::Deny => false,
            // A client is beneath the operator's ceiling, and does not answer for the operator.
            PermissionVerdict::Prompt if question.is_of_operator() => false,
            PermissionVerdict::Prompt => self.ask_client(question).await,
        }
    }

    async fn ask_client(&self, question: &Question) -> bool {
        let resource = question.resource();
        let Some(patience) = self.prompt.patience() else {
            return false;
        };
        let mut input =
            json!({ "capability": capability(question.operation()), "resource": resource });
        if let (Some(process), Some(members)) = (&self.process, input.as_object_mut()) {
            members.insert("processId".to_owned(), json!(process));
        }
        let Some(Front { scope, calls, .. }) = self.prompt.0.events.front() else {
            return false;
        };
        let question = SidecarRequestPayload::HostCallbackRequest(HostCallbackRequest {
            invocation_id: format!("{KEY}:{}", calls.invocation()),
            callback_key: KEY.to_owned(),
            input: input.to_string(),
            timeout_ms: u64::try_from(patience.as_millis()).unwrap_or(u64::MAX),
        });
        match calls.ask(scope, question, patience).await {
            Ok(SidecarResponsePayload::HostCallbackResultResponse(answer)) => {
                answer.error.is_none() && answer.result.as_deref().is_some_and(allows)
            }
            Ok(_) | Err(_) => false,
        }
    }
}

/// How other sidecars spell an operation.
fn capability(operation: &str) -> String {
    operation.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use tollgate_policy::{Decision, Effective, FsVerb, Mode, Operation, PolicyBuilder, Scope};
    use tollgate_protocol::types::{
        HostCallbackResultResponse, OwnershipScope, ProtocolFrame, SidecarResponseFrame,
        VmOwnership,
    };
    use tollgate_protocol::{FrameDecoder, FrameLimits, Side};

    use super::*;
    use crate::calls::Calls;
    use crate::outbox::{Outbox, outbox};

    fn nobody() -> Above {
        Above {
            vm_id: "vm-1".to_owned(),
            bridge: None,
            teller: Teller::new(None),
        }
    }

    fn attached(out: Outbox, calls: Calls) -> Arc<Events> {
        Arc::new(Events::new(Some(Front {
            scope: scope(),
            outbox: out,
            calls,
        })))
    }

    fn scope() -> OwnershipScope {
        OwnershipScope::VmOwnership(VmOwnership {
            connection_id: "conn-1".to_owned(),
            session_id: "session-1".to_owned(),
            vm_id: "vm-1".to_owned(),
        })
    }

    /// What the policy asks about reading a file.
    fn question() -> Question {
        let mut builder = PolicyBuilder::new();
        builder.default_mode(Scope::Fs, Mode::Ask);
        let policy = Effective::new(builder.build().unwrap(), None).unwrap();
        let reading = Operation::Fs {
            verb: FsVerb::Read,
            path: "/secret",
        };
        match policy.decide(&reading) {
            Decision::Ask(question, _) => question,
            other => panic!("{other:?}"),
        }
    }

    /// Has a client say `answer`, and gives what was decided and what the client was asked.
    async fn decided(answer: Result<&str, &str>) -> (bool, HostCallbackRequest) {
        let (out, writer) = outbox(FrameLimits::default());
        let calls = Calls::new(out.clone());
        let (near, mut far) = tokio::io::duplex(1 << 16);
        let writing = tokio::spawn(writer.run(near));
        let prompt = Prompt::new(attached(out, calls.clone()), nobody());
        prompt.registered(Arc::new(|| Some(Duration::from_secs(10))));
        let decider = prompt.decider(Some("p1"));
        assert!(decider.is_there());
        let asked = async {
            let mut decoder = FrameDecoder::new(Side::Sidecar, FrameLimits::default());
            let mut piece = [0; 4_096];
            loop {
                if let Some(ProtocolFrame::SidecarRequestFrame(asked)) = decoder.frame().unwrap() {
                    break asked;
                }
                let read = far.read(&mut piece).await.unwrap();
                decoder.push(&piece[..read]);
            }
        };
        let question = question();
        let (allowed, asked) = tokio::join!(decider.allows(&question), async {
            let asked = asked.await;
            let SidecarRequestPayload::HostCallbackRequest(call) = asked.payload else {
                panic!("it is another question");
            };
            calls.answered(SidecarResponseFrame {
                schema: asked.schema,
                request_id: asked.request_id,
                ownership: asked.ownership,
                payload: SidecarResponsePayload::HostCallbackResultResponse(
                    HostCallbackResultResponse {
                        invocation_id: call.invocation_id.clone(),
                        result: answer.ok().map(str::to_owned),
                        error: answer.err().map(str::to_owned),
                    },
                ),
            });
            call
        });
        writing.abort();
        (allowed, asked)
    }

    #[tokio::test]
    async fn the_client_decides_and_is_told_what_about() {
        let (allowed, asked) = decided(Ok(r#"{"verdict":"allow"}"#)).await;
        assert!(allowed);
        assert_eq!(
            (asked.callback_key.as_str(), asked.timeout_ms),
            (KEY, 10_000)
        );
        let input: serde_json::Value = serde_json::from_str(&asked.input).unwrap();
        let expected = json!({ "capability": "fs.read", "resource": "/secret", "processId": "p1" });
        assert_eq!(input, expected);
        assert!(!decided(Ok("\"deny\"")).await.0);
        assert!(!decided(Err("allow")).await.0);
    }

    #[tokio::test]
    async fn nobody_is_asked_where_nothing_is_registered_and_a_silent_client_denies() {
        let (out, _writer) = outbox(FrameLimits::default());
        let prompt = Prompt::new(attached(out.clone(), Calls::new(out)), nobody());
        let decider = prompt.decider(None);
        assert!(!decider.is_there());
        assert!(!decider.allows(&question()).await);
        prompt.registered(Arc::new(|| Some(Duration::from_millis(20))));
        assert!(decider.is_there());
        assert!(!decider.allows(&question()).await);
    }

    #[test]
    fn only_a_clear_yes_allows() {
        for yes in ["\"allow\"", "allow", r#"{"verdict": "allow"}"#] {
            assert!(allows(yes), "{yes}");
        }
        for no in [
            "\"deny\"",
            "deny",
            "",
            "true",
            "{}",
            r#"{"verdict": "deny"}"#,
            r#"{"verdict": "Allow"}"#,
            r#"{"verdict": true}"#,
            r#"["allow"]"#,
            "null",
            " allow",
        ] {
            assert!(!allows(no), "{no}");
        }
        assert_eq!(capability("child-process.spawn"), "child_process.spawn");
    }
}
