//! Hands every call on to the sidecar that it controls, and gives back what that says: so a test asks as a component does.

mod bindings {
    wit_bindgen::generate!({
        path: ["../wit/deps/io.wit", "../wit/sidecar"],
        inline: "
            package tollgate:relay@1.0.0;

            interface fetched {
                use tollgate:sidecar/events@1.0.0.{event};
                use tollgate:sidecar/callbacks@1.0.0.{callback, answer-refused};
                use tollgate:sidecar/types@1.0.0.{request-id, sidecar-response-payload};

                /// The next event, when there is one.
                take-event: func() -> event;
                /// The next event, if there is one.
                event-now: func() -> option<event>;
                /// The next question, when there is one.
                take-question: func() -> callback;
                /// Whether each pollable is ready.
                ready: func() -> tuple<bool, bool>;
                answer: func(number: request-id, payload: sidecar-response-payload) -> result<_, answer-refused>;
            }

            world relay {
                import tollgate:sidecar/control@1.0.0;
                import tollgate:sidecar/events@1.0.0;
                import tollgate:sidecar/callbacks@1.0.0;
                export tollgate:sidecar/control@1.0.0;
                export fetched;
            }
        ",
        world: "tollgate:relay/relay",
        generate_all,
    });
    use super::Relay;
    export!(Relay);
}

use bindings::exports::tollgate::{relay::fetched, sidecar::control::Guest};
use bindings::tollgate::sidecar::types::*;
use bindings::tollgate::sidecar::{callbacks, control, events};

struct Relay;

macro_rules! forward {
    ($($name:ident($request:ty) -> $answer:ty;)*) => {
        $(fn $name(ownership: OwnershipScope, request: $request) -> Result<$answer, RejectedResponse> {
            control::$name(&ownership, &request)
        })*
    };
}

macro_rules! forward_alone {
    ($($name:ident() -> $answer:ty;)*) => {
        $(fn $name(ownership: OwnershipScope) -> Result<$answer, RejectedResponse> {
            control::$name(&ownership)
        })*
    };
}

impl Guest for Relay {
    forward! {
        authenticate(AuthenticateRequest) -> AuthenticatedResponse;
        open_session(OpenSessionRequest) -> SessionOpenedResponse;
        create_vm(CreateVmRequest) -> VmCreatedResponse;
        bootstrap_root_filesystem(BootstrapRootFilesystemRequest) -> RootFilesystemBootstrappedResponse;
        configure_vm(ConfigureVmRequest) -> VmConfiguredResponse;
        register_host_callbacks(RegisterHostCallbacksRequest) -> HostCallbacksRegisteredResponse;
        seal_layer(SealLayerRequest) -> LayerSealedResponse;
        import_snapshot(ImportSnapshotRequest) -> SnapshotImportedResponse;
        export_snapshot(ExportSnapshotRequest) -> SnapshotExportedResponse;
        create_overlay(CreateOverlayRequest) -> OverlayCreatedResponse;
        guest_filesystem_call(GuestFilesystemCallRequest) -> GuestFilesystemResultResponse;
        execute(ExecuteRequest) -> ProcessStartedResponse;
        write_stdin(WriteStdinRequest) -> StdinWrittenResponse;
        close_stdin(CloseStdinRequest) -> StdinClosedResponse;
        kill_process(KillProcessRequest) -> ProcessKilledResponse;
        find_listener(FindListenerRequest) -> ListenerSnapshotResponse;
        find_bound_udp(FindBoundUdpRequest) -> BoundUdpSnapshotResponse;
        get_signal_state(GetSignalStateRequest) -> SignalStateResponse;
        host_filesystem_call(HostFilesystemCallRequest) -> FilesystemResultResponse;
        persistence_load(PersistenceLoadRequest) -> PersistenceStateResponse;
        persistence_flush(PersistenceFlushRequest) -> PersistenceFlushedResponse;
        vm_fetch(VmFetchRequest) -> VmFetchResponse;
        ext(ExtEnvelope) -> ExtEnvelope;
    }

    forward_alone! {
        create_layer() -> LayerCreatedResponse;
        snapshot_root_filesystem() -> RootFilesystemSnapshotResponse;
        get_process_snapshot() -> ProcessSnapshotResponse;
        get_zombie_timer_count() -> ZombieTimerCountResponse;
    }

    fn dispose_vm(
        ownership: OwnershipScope,
        request: DisposeVmRequest,
    ) -> Result<VmDisposedResponse, RejectedResponse> {
        control::dispose_vm(&ownership, request)
    }
}

impl fetched::Guest for Relay {
    fn take_event() -> events::Event {
        let told = events::subscribe();
        loop {
            told.block();
            if let Some(event) = events::next() {
                return event;
            }
        }
    }

    fn event_now() -> Option<events::Event> {
        events::next()
    }

    fn take_question() -> callbacks::Callback {
        let asked = callbacks::subscribe();
        loop {
            asked.block();
            if let Some(question) = callbacks::next() {
                return question;
            }
        }
    }

    fn ready() -> (bool, bool) {
        (events::subscribe().ready(), callbacks::subscribe().ready())
    }

    fn answer(
        question: RequestId,
        payload: SidecarResponsePayload,
    ) -> Result<(), callbacks::AnswerRefused> {
        callbacks::answer(question, &payload)
    }
}

fn main() {
    tollgate_components::say!("call a function of mine");
}
