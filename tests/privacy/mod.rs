//! What is held on a person, how it is erased, and how its keys are rotated.

mod closing;
mod many;
mod rotation;
mod stand;
