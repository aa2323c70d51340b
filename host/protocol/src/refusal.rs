//! Why a request is refused.

use std::fmt;

use crate::types::RejectedResponse;

macro_rules! codes {
    ($($(#[doc = $what:literal])+ $case:ident = $text:literal),+ $(,)?) => {
        /// What a refusal says to programs. A peer may send others: a refusal holds a text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum RefusalCode {
            $($(#[doc = $what])+ $case,)+
        }

        impl RefusalCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$case),+];

            /// As it stands in a refusal.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$case => $text,)+
                }
            }
        }
    };
}

codes! {
    /// The request does not fit how things stand: a name that was never given out or belongs to somebody else, another
    /// kind of scope, an argument that is missing or makes no sense.
    InvalidState = "invalid_state",
    /// The token is not the one that the sidecar was started with.
    Unauthorized = "unauthorized",
    /// Another version of the protocol.
    ProtocolVersionMismatch = "protocol_version_mismatch",
    /// Another version of the bridge contract.
    BridgeVersionMismatch = "bridge_version_mismatch",
    /// A name is taken.
    Conflict = "conflict",
    /// The sidecar would have to ask its client, and has none that could be asked.
    Unsupported = "unsupported",
    /// The answer does not fit a frame.
    FrameTooLarge = "frame_too_large",
    /// A file, a process or a quota said no; the message begins with the name of an errno.
    KernelError = "kernel_error",
    /// What serves a mount said no; the message begins with the name of an errno.
    PluginError = "plugin_error",
    /// A program could not be started, or did not do what was asked of it.
    ExecutionError = "execution_error",
    /// What the sidecar stands on failed.
    BridgeError = "bridge_error",
    /// The sidecar's machine failed.
    IoError = "io_error",
    /// Only a sidecar would ask this.
    UnsupportedDirection = "unsupported_direction",
    /// There is no such extension.
    UnknownExtension = "unknown_extension",
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl RejectedResponse {
    /// A refusal. The message becomes one line.
    #[must_use]
    pub fn new(code: RefusalCode, message: &str) -> Self {
        let message = message.replace(['\r', '\n'], " ");
        Self {
            code: code.as_str().to_owned(),
            message,
        }
    }

    /// Its code; none where it is one that this version does not know.
    #[must_use]
    pub fn known_code(&self) -> Option<RefusalCode> {
        let mut codes = RefusalCode::ALL.iter().copied();
        codes.find(|code| code.as_str() == self.code)
    }
}
