//! One conversation, said again.

use std::collections::{HashMap, VecDeque};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tollgate_client::types::{
    EventFrame, EventPayload, HostCallbackRequest, JsBridgeResultResponse, OwnershipScope,
    ProtocolFrame, RequestFrame, RequestPayload, ResponseFrame, ResponsePayload,
    SidecarRequestFrame, SidecarRequestPayload, SidecarResponseFrame, SidecarResponsePayload,
    StreamChannel,
};
use tollgate_protocol::{FrameDecoder, FrameLimits, Side};
use tollgate_tests::{Scene, scene};

use super::recorded::{Conversation, Said};
use super::shape::shape;
use super::told::{Told, vm};
use crate::support::{bytes, python_cache, sidecar};

/// How long something that was recorded may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Says a conversation again, and gives what went otherwise; none where there is no runner for what runs in it.
pub(super) fn replay(conversation: &Conversation) -> Option<Vec<String>> {
    let cache = match conversation.runs_python() {
        true => Some(python_cache()?),
        false => None,
    };
    let mut replay = Replay::start(conversation, cache);
    for said in &conversation.said {
        match said {
            Said::Bytes(bytes) => replay.send(bytes),
            Said::Frame(frame) => replay.goes_on(frame),
        }
    }
    Some(replay.end())
}

struct Replay<'a> {
    conversation: &'a Conversation,
    child: Child,
    stdin: Option<ChildStdin>,
    frames: Receiver<ProtocolFrame>,
    over: bool,
    /// Names that were given out: as they were recorded, and as they are now.
    names: HashMap<String, String>,
    answers: Vec<ResponseFrame>,
    questions: VecDeque<SidecarRequestFrame>,
    /// The question now for each that was recorded, by its number.
    asked: HashMap<i64, SidecarRequestFrame>,
    now: Told,
    then: Told,
    differences: Vec<String>,
    _scene: Scene,
}

impl<'a> Replay<'a> {
    fn start(conversation: &'a Conversation, cache: Option<PathBuf>) -> Self {
        let scene = scene!();
        let mut command = sidecar(&scene, &[]);
        if let Some(cache) = cache {
            command.env("XDG_CACHE_HOME", cache);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let (to, frames) = channel();
        std::thread::spawn(move || {
            let mut decoder = FrameDecoder::new(Side::Sidecar, FrameLimits::default());
            let mut piece = vec![0; 64 << 10];
            while let Ok(read @ 1..) = stdout.read(&mut piece) {
                decoder.push(&piece[..read]);
                while let Ok(Some(frame)) = decoder.frame() {
                    let _gone = to.send(frame);
                }
            }
        });
        Self {
            conversation,
            stdin: child.stdin.take(),
            child,
            frames,
            over: false,
            names: HashMap::new(),
            answers: Vec::new(),
            questions: VecDeque::new(),
            asked: HashMap::new(),
            now: Told::default(),
            then: Told::default(),
            differences: Vec::new(),
            _scene: scene,
        }
    }

    /// A sidecar that has ended takes nothing, which its end tells.
    fn send(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        let _ended = stdin.write_all(bytes).and_then(|()| stdin.flush());
    }

    /// The next thing that was recorded: it is said again, or it is waited for.
    fn goes_on(&mut self, frame: &ProtocolFrame) {
        match frame {
            ProtocolFrame::RequestFrame(frame) => {
                let asked = self.again(frame.clone());
                if let RequestPayload::ExecuteRequest(program) = &frame.payload {
                    self.then.forget(&frame.ownership, &program.process_id);
                    self.now.forget(&asked.ownership, &program.process_id);
                }
                self.send(&bytes(asked));
            }
            ProtocolFrame::ResponseFrame(frame) => self.answered(frame),
            ProtocolFrame::EventFrame(frame) => self.told(frame),
            ProtocolFrame::SidecarRequestFrame(frame) => self.asks(frame),
            ProtocolFrame::SidecarResponseFrame(frame) => self.answers(frame),
        }
    }

    /// A request, with the names that were given out now.
    fn again(&self, mut frame: RequestFrame) -> RequestFrame {
        self.rename_scope(&mut frame.ownership);
        match &mut frame.payload {
            RequestPayload::SealLayerRequest(asked) => self.rename(&mut asked.layer_id),
            RequestPayload::ExportSnapshotRequest(asked) => self.rename(&mut asked.layer_id),
            RequestPayload::CreateOverlayRequest(asked) => {
                let upper = asked.upper_layer_id.iter_mut();
                upper
                    .chain(&mut asked.lower_layer_ids)
                    .for_each(|name| self.rename(name));
            }
            _ => {}
        }
        frame
    }

    fn rename(&self, name: &mut String) {
        if let Some(now) = self.names.get(name) {
            name.clone_from(now);
        }
    }

    fn rename_scope(&self, scope: &mut OwnershipScope) {
        match scope {
            OwnershipScope::ConnectionOwnership(of) => self.rename(&mut of.connection_id),
            OwnershipScope::SessionOwnership(of) => {
                self.rename(&mut of.connection_id);
                self.rename(&mut of.session_id);
            }
            OwnershipScope::VmOwnership(of) => {
                self.rename(&mut of.connection_id);
                self.rename(&mut of.session_id);
                self.rename(&mut of.vm_id);
            }
        }
    }

    fn answered(&mut self, then: &ResponseFrame) {
        let is = |answer: &ResponseFrame| answer.request_id == then.request_id;
        self.wait(|replay| replay.answers.iter().any(is));
        let Some(at) = self.answers.iter().position(is) else {
            return self.differs(format!(
                "no answer {}, where there was {:?}",
                then.request_id, then.payload
            ));
        };
        let now = self.answers.remove(at);
        for (then, now) in names(&then.payload).into_iter().zip(names(&now.payload)) {
            self.names.insert(then, now);
        }
        let mut scope = then.ownership.clone();
        self.rename_scope(&mut scope);
        if now.ownership != scope {
            self.differs(format!(
                "the scope {:?} instead of {scope:?}",
                now.ownership
            ));
        }
        let times = self.conversation.name == "fs_utimes";
        let (now, then) = (now.payload, then.payload.clone());
        if shape(now.clone(), times) != shape(then.clone(), times) {
            self.differs(format!("{now:?}\n    instead of {then:?}"));
        }
    }

    fn told(&mut self, then: &EventFrame) {
        self.then.hear(then);
        let mut scope = then.ownership.clone();
        self.rename_scope(&mut scope);
        let (vm, recorded) = (vm(&scope), vm(&then.ownership));
        match &then.payload {
            EventPayload::VmLifecycleEvent(event) => {
                let count = self.then.states[&recorded].len();
                self.wait(|replay| {
                    replay
                        .now
                        .states
                        .get(&vm)
                        .is_some_and(|now| now.len() >= count)
                });
                let now = self
                    .now
                    .states
                    .get(&vm)
                    .and_then(|now| now.get(count - 1).copied());
                if now != Some(event.state) {
                    self.differs(format!("{now:?} instead of {:?}", event.state));
                }
            }
            EventPayload::ProcessOutputEvent(event) if event.channel == StreamChannel::Stdout => {
                let of = (recorded, event.process_id.clone());
                let length = self.then.output[&of].len();
                let of = (vm, of.1);
                self.wait(|replay| {
                    let wrote = replay
                        .now
                        .output
                        .get(&of)
                        .is_some_and(|now| now.len() >= length);
                    wrote || replay.now.exits.contains_key(&of)
                });
            }
            EventPayload::ProcessExitedEvent(event) => {
                let of = (vm, event.process_id.clone());
                self.wait(|replay| replay.now.exits.contains_key(&of));
                let now = self.now.exits.get(&of).copied();
                if now != Some(event.exit_code) {
                    self.differs(format!(
                        "{} ends with {now:?} instead of {}",
                        of.1, event.exit_code
                    ));
                }
                let then = self
                    .then
                    .output
                    .get(&(recorded, of.1.clone()))
                    .cloned()
                    .unwrap_or_default();
                let now = self.now.output.get(&of).cloned().unwrap_or_default();
                if now != then {
                    let [now, then] =
                        [now, then].map(|text| String::from_utf8_lossy(&text).into_owned());
                    self.differs(format!("{} wrote {now:?} instead of {then:?}", of.1));
                }
            }
            // What a program says to people, and warnings of how full things are.
            EventPayload::ProcessOutputEvent(_)
            | EventPayload::StructuredEvent(_)
            | EventPayload::ExtEnvelope(_) => {}
        }
    }

    /// Calls of functions are compared one by one; what is asked of a mount is the sidecar's own matter.
    fn asks(&mut self, then: &SidecarRequestFrame) {
        let SidecarRequestPayload::HostCallbackRequest(call) = &then.payload else {
            return;
        };
        self.wait(|replay| !replay.questions.is_empty());
        let Some(now) = self.questions.pop_front() else {
            return self.differs(format!("no call, where there was {call:?}"));
        };
        if let SidecarRequestPayload::HostCallbackRequest(asked) = &now.payload
            && says(asked) != says(call)
        {
            self.differs(format!("{asked:?}\n    instead of {call:?}"));
        }
        self.asked.insert(then.request_id, now);
    }

    fn answers(&mut self, then: &SidecarResponseFrame) {
        let mut answer = then.clone();
        if let SidecarResponsePayload::JsBridgeResultResponse(_) = &answer.payload {
            return;
        }
        if let Some(asked) = self.asked.get(&then.request_id) {
            answer.request_id = asked.request_id;
            answer.ownership = asked.ownership.clone();
            if let (
                SidecarResponsePayload::HostCallbackResultResponse(answer),
                SidecarRequestPayload::HostCallbackRequest(asked),
            ) = (&mut answer.payload, &asked.payload)
            {
                answer.invocation_id.clone_from(&asked.invocation_id);
            }
        }
        self.send(&bytes(answer));
    }

    /// Hears what the sidecar says until this is so, it says nothing for too long, or it has ended.
    fn wait(&mut self, done: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !done(self) && !self.over {
            let left = PATIENCE.saturating_sub(began.elapsed());
            match self.frames.recv_timeout(left) {
                Ok(frame) => self.hears(frame),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => self.over = true,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => return,
            }
        }
    }

    fn hears(&mut self, frame: ProtocolFrame) {
        match frame {
            ProtocolFrame::ResponseFrame(frame) => self.answers.push(frame),
            ProtocolFrame::EventFrame(frame) => self.now.hear(&frame),
            ProtocolFrame::SidecarRequestFrame(frame) => match &frame.payload {
                SidecarRequestPayload::JsBridgeCallRequest(call) => {
                    let then = self.conversation.bridge(&call.operation, &call.args);
                    let not_recorded = format!("ENOENT: {} was not recorded", call.operation);
                    let answer = JsBridgeResultResponse {
                        call_id: call.call_id.clone(),
                        result: then.and_then(|then| then.result.clone()),
                        error: then.map_or(Some(not_recorded), |then| then.error.clone()),
                    };
                    let answer = SidecarResponsePayload::JsBridgeResultResponse(answer);
                    let answer = bytes(frame.answer(answer));
                    self.send(&answer);
                }
                _ => self.questions.push_back(frame),
            },
            ProtocolFrame::RequestFrame(_) | ProtocolFrame::SidecarResponseFrame(_) => {}
        }
    }

    fn differs(&mut self, how: String) {
        self.differences.push(how);
    }

    /// Ends its input, and gives what went otherwise.
    fn end(mut self) -> Vec<String> {
        drop(self.stdin.take());
        let began = Instant::now();
        let code = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status.code(),
                None if began.elapsed() > PATIENCE => break None,
                None => std::thread::sleep(Duration::from_millis(3)),
            }
        };
        let then = self.conversation.exit_code.unwrap_or(0);
        if code != Some(then) {
            self.differs(format!("the process ends with {code:?} instead of {then}"));
        }
        for answer in std::mem::take(&mut self.answers) {
            self.differs(format!("an answer that was not recorded: {answer:?}"));
        }
        std::mem::take(&mut self.differences)
    }
}

impl Drop for Replay<'_> {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// What a call says, but for its name.
fn says(call: &HostCallbackRequest) -> (String, Value, u64) {
    let input = serde_json::from_str(&call.input).unwrap();
    (call.callback_key.clone(), input, call.timeout_ms)
}

/// The names that an answer gives out.
fn names(answer: &ResponsePayload) -> Vec<String> {
    match answer {
        ResponsePayload::AuthenticatedResponse(answer) => vec![answer.connection_id.clone()],
        ResponsePayload::SessionOpenedResponse(answer) => vec![answer.session_id.clone()],
        ResponsePayload::VmCreatedResponse(answer) => vec![answer.vm_id.clone()],
        ResponsePayload::LayerCreatedResponse(answer) => vec![answer.layer_id.clone()],
        ResponsePayload::LayerSealedResponse(answer) => vec![answer.layer_id.clone()],
        ResponsePayload::SnapshotImportedResponse(answer) => vec![answer.layer_id.clone()],
        ResponsePayload::OverlayCreatedResponse(answer) => vec![answer.layer_id.clone()],
        _ => Vec::new(),
    }
}
