//! Personal data: its export, its erasure, and the rotation of its keys.

mod closing;
mod many;
mod rotation;
mod stand;
