//! The filesystem of a VM: its root, its layers, its mounts, and what a client does in it.
