//! The operations on WebGPU, one WGSL file a kernel.
