//! The texts of the engine room.

mod equations;
mod faults;
mod frame;
mod load;
pub(crate) mod numbers;
mod proof;
mod topology;

pub(crate) use equations::equation;
pub(crate) use faults::{kind, origin, outcome, target};
pub(crate) use frame::{ago, tool};
pub(crate) use proof::{headline, kind_of_thing, missing};
pub(crate) use topology::{part, ready};

/// The texts of the engine room in one language.
pub(crate) struct Engine {
    pub(crate) frame: frame::Frame,
    pub(crate) topology: topology::Topology,
    pub(crate) faults: faults::Faults,
    pub(crate) load: load::Load,
    pub(crate) proof: proof::Proof,
}

impl Engine {
    pub(super) const EN: Self = Self {
        frame: frame::Frame::EN,
        topology: topology::Topology::EN,
        faults: faults::Faults::EN,
        load: load::Load::EN,
        proof: proof::Proof::EN,
    };

    pub(super) const DE: Self = Self {
        frame: frame::Frame::DE,
        topology: topology::Topology::DE,
        faults: faults::Faults::DE,
        load: load::Load::DE,
        proof: proof::Proof::DE,
    };
}
