//! Standard streams that are live: whoever runs a guest writes its input and reads its output while it runs.
//!
//! Both are queues in memory, bounded by whoever makes them. The gate stands before them as before every stream: a chunk is
//! decided about, metered and recorded when the guest moves it, and what lies in a queue is nobody's use of anything.

mod chunks;
mod output;
mod pipe;

pub use output::{Channel, OutputReceiver, QueuedOutput, output_queue};
pub(crate) use pipe::Read;
pub use pipe::{PipeError, PipeInput, StdinPipe};
