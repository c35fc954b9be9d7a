//! Bind groups by their buffers. A network takes the same buffers from the pool each time, so it finds
//! the bind groups of its last runs.

use std::cell::RefCell;
use std::collections::HashMap;

/// Most bind groups, which is enough for batches of some sizes. Beyond that, all are dropped.
const KEPT: usize = 4096;

#[derive(Default)]
pub struct BindGroups(RefCell<HashMap<Vec<wgpu::Buffer>, wgpu::BindGroup>>);

impl BindGroups {
    /// The bind group of these buffers, which `create` makes if there is none.
    pub fn get(
        &self,
        buffers: Vec<wgpu::Buffer>,
        create: impl FnOnce(&[wgpu::Buffer]) -> wgpu::BindGroup,
    ) -> wgpu::BindGroup {
        let mut kept = self.0.borrow_mut();
        if let Some(found) = kept.get(&buffers) {
            return found.clone();
        }
        if kept.len() >= KEPT {
            kept.clear();
        }
        let created = create(&buffers);
        kept.insert(buffers, created.clone());
        created
    }

    /// Drops all, because buffers were destroyed or may be invalid.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}
