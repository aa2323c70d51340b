//! Room for many guests, reserved once.
//!
//! Instantiating from a pool takes microseconds: memories are mapped already, and a component's initial memory is
//! mapped copy-on-write. The reservation is address space, not memory; a machine that does not give it (a limit on
//! address space, an overcommit policy) gets an engine that maps for each guest instead, which is slower and holds to
//! the same limits.

use wasmtime::PoolingAllocationConfig;
use wasmtime::component::Component;

/// How many guests an engine holds at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    guests: u32,
    spare: u32,
}

impl Default for Pool {
    /// A thousand guests: what a server of a few gigabytes holds of small ones.
    fn default() -> Self {
        Self {
            guests: 1_000,
            spare: 0,
        }
    }
}

/// The most guests of a pool: 16 TiB of address space at four gigabytes a memory are a quarter of what a process has.
pub(crate) const MOST_GUESTS: u32 = 8_000;

/// The largest linear memory: all that 32 bits address.
const MEMORY_BYTES: usize = 4 << 30;
/// Elements of one table. CPython has the largest that is known, with some ten thousand.
pub(crate) const TABLE_ELEMENTS: usize = 100_000;
/// Memories of one component. CPython with its extension modules shares one; adapters add one.
pub(crate) const MEMORIES: u32 = 16;
/// Tables of one component. CPython with its extension modules has two dozen.
pub(crate) const TABLES: u32 = 64;
/// Core instances of one component: what `--limit instances` can be raised to.
const INSTANCES: u32 = 10_000;
/// Bytes that the host keeps for one instance: its imports, functions and globals.
const INSTANCE_BYTES: usize = 4 << 20;
/// Bytes that the host keeps for all instances of one component.
const COMPONENT_BYTES: usize = 16 << 20;
/// Guests beside those that are counted: those that compile, of which there are [`MOST_AT_ONCE`](crate::code) at a time.
const SPARE: u32 = 4;
/// Memories per guest on average. More guests with several memories each fill the pool sooner.
const MEMORIES_PER_GUEST: u32 = 2;
/// Tables per guest on average.
const TABLES_PER_GUEST: u32 = 4;
/// Bytes of a table that are reset in place when its guest ends.
const KEPT_TABLE_BYTES: usize = 64 << 10;

impl Pool {
    /// Room for so many guests, at least one and at most 8,000.
    #[must_use]
    pub fn of(guests: u32) -> Self {
        Self {
            guests: guests.clamp(1, MOST_GUESTS),
            spare: 0,
        }
    }

    /// The same, for an engine whose owner counts its guests and has others run elsewhere: what is instantiated beside them, to
    /// compile for them, is not counted, and finds room all the same.
    #[must_use]
    pub fn counted(mut self) -> Self {
        self.spare = SPARE;
        self
    }

    /// How many guests' room one of a component takes: more than one where it has more memories or tables than most. None where
    /// nobody can tell, since it instantiates modules that it is given.
    #[must_use]
    pub fn places(component: &Component) -> Option<u32> {
        let needed = component.resources_required()?;
        let memories = needed.num_memories.div_ceil(MEMORIES_PER_GUEST);
        let tables = needed.num_tables.div_ceil(TABLES_PER_GUEST);
        Some(memories.max(tables).max(1))
    }

    /// How many guests there is room for.
    #[must_use]
    pub fn guests(self) -> u32 {
        self.guests
    }

    /// `kept`: [`Profile::KEPT_BYTES`](crate::Profile::KEPT_BYTES). Where the kernel tells which pages were written, it is these
    /// that count.
    pub(crate) fn config(self, kept: usize) -> PoolingAllocationConfig {
        let mut pool = PoolingAllocationConfig::default();
        let guests = self.guests.saturating_add(self.spare);
        pool.total_component_instances(guests)
            .total_core_instances(guests.saturating_mul(INSTANCES))
            .total_memories(guests.saturating_mul(MEMORIES_PER_GUEST).max(MEMORIES))
            .total_tables(guests.saturating_mul(TABLES_PER_GUEST).max(TABLES))
            .total_stacks(guests)
            .max_memory_size(MEMORY_BYTES)
            .max_memories_per_component(MEMORIES)
            .max_memories_per_module(MEMORIES)
            .max_tables_per_component(TABLES)
            .max_tables_per_module(TABLES)
            .max_core_instances_per_component(INSTANCES)
            .max_core_instance_size(INSTANCE_BYTES)
            .max_component_instance_size(COMPONENT_BYTES)
            .table_elements(TABLE_ELEMENTS)
            .linear_memory_keep_resident(kept)
            .table_keep_resident(KEPT_TABLE_BYTES)
            .pagemap_scan(wasmtime::Enabled::Auto);
        pool
    }
}
