//! Background jobs.

mod follower;
mod indexer;
mod survey;
mod sweeper;

pub(crate) use follower::Follower;
pub(crate) use indexer::Indexer;
pub(crate) use survey::Surveyor;
pub(crate) use sweeper::Sweeper;
