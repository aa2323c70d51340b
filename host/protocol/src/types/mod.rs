//! The messages, from the interface `types` of `wit/sidecar`. Their documentation is that of the WIT and speaks in its
//! names, in which `create-vm-request` is [`CreateVmRequest`].
//!
//! With the feature `component` they are types of the component model: `bindgen!` takes this module for the interface, by
//! `with: { "tollgate:sidecar/types@1.0.0": tollgate_protocol::types }`. It has to be told of `wit/sidecar` after `wit`,
//! where `wasi:io` is.

use std::fmt;

pub mod vm;

#[cfg(feature = "component")]
mod component;
#[cfg(feature = "component")]
pub use component::{Host, HostWithStore, add_to_linker};

use crate::error::DecodeError;
use crate::wire::{Reader, Sink, Wire, least_of};

include!(concat!(env!("OUT_DIR"), "/types.rs"));
