//! The same network as burn modules.
