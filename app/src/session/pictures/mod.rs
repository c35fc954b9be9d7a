//! The pictures on the page.
//!
//! ```text
//! library       all of them
//! adding        adds pictures, and sends them to the worker
//! arriving      what is on its way;  gathering  fetches or reads it
//! addresses     pictures of other sites;  folders  those in folders, which it remembers
//! duplicates    takes out equal ones
//! undo          removes and moves them, and takes that back;  undoable  what can be taken back
//! corrections   labels that they were moved to, now and at earlier visits
//! examples      what is learnt from that
//! remembered    pictures of earlier visits
//! ```

pub mod adding;
pub mod addresses;
pub mod arriving;
pub mod corrections;
pub mod duplicates;
pub mod examples;
pub mod folders;
pub mod gathering;
pub mod library;
pub mod remembered;
pub mod undo;
pub mod undoable;
