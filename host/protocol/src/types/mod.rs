//! The messages, from the interface `types` of `wit/sidecar`. Their documentation is that of the WIT and speaks in its
//! names, in which `create-vm-request` is [`CreateVmRequest`].
//!
//! With the feature `component` they are types of the component model, which the functions of `tollgate:sidecar/control`
//! take and give as they are; what its neighbours `events` and `callbacks` have beside them is there too.

use std::fmt;

pub mod exec;
mod extension;
pub mod vm;

#[cfg(feature = "component")]
mod component;
#[cfg(feature = "component")]
pub use component::{AnswerRefused, Callback, Event};

use crate::error::DecodeError;
use crate::wire::{Reader, Sink, Wire, least_of};

include!(concat!(env!("OUT_DIR"), "/types.rs"));
