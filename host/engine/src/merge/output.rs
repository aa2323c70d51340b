//! A component's sections, written.

use wasm_encoder::{
    CanonicalFunctionSection, Component, ComponentAliasSection, ComponentTypeSection,
    InstanceSection, RawSection,
};

/// A component that is being written: neighbours of one kind share a section.
#[derive(Default)]
pub(super) struct Output {
    component: Component,
    // At most one of them has something in it.
    instances: InstanceSection,
    aliases: ComponentAliasSection,
    canonical: CanonicalFunctionSection,
}

impl Output {
    fn close(&mut self) {
        self.close_instances();
        self.close_aliases();
        self.close_canonical();
    }

    fn close_instances(&mut self) {
        if !self.instances.is_empty() {
            self.component.section(&std::mem::take(&mut self.instances));
        }
    }

    fn close_aliases(&mut self) {
        if !self.aliases.is_empty() {
            self.component.section(&std::mem::take(&mut self.aliases));
        }
    }

    fn close_canonical(&mut self) {
        if !self.canonical.is_empty() {
            self.component.section(&std::mem::take(&mut self.canonical));
        }
    }

    pub(super) fn raw(&mut self, id: u8, data: &[u8]) {
        self.close();
        self.component.section(&RawSection { id, data });
    }

    pub(super) fn module(&mut self, bytes: &[u8]) {
        const MODULE: u8 = 1;
        self.raw(MODULE, bytes);
    }

    pub(super) fn types(&mut self, section: &ComponentTypeSection) {
        self.close();
        self.component.section(section);
    }

    pub(super) fn instances(&mut self) -> &mut InstanceSection {
        self.close_aliases();
        self.close_canonical();
        &mut self.instances
    }

    pub(super) fn aliases(&mut self) -> &mut ComponentAliasSection {
        self.close_instances();
        self.close_canonical();
        &mut self.aliases
    }

    pub(super) fn canonical(&mut self) -> &mut CanonicalFunctionSection {
        self.close_instances();
        self.close_aliases();
        &mut self.canonical
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.close();
        self.component.finish()
    }
}
