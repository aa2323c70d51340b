//! A client of the sidecar protocol, for embedders: it starts a sidecar or connects to one, and knows no engine.
