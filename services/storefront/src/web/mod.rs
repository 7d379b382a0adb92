//! The way of a request from a browser to its handler and back: who visits, which forms are
//! accepted, and the headers of pages.

mod enter;
mod form;
mod headers;
mod local_path;
mod origin;
mod visitor;

pub(crate) use enter::enter;
pub(crate) use form::{Kept, NoFields, Post, SentForm, check_token};
pub(crate) use headers::POLICY;
pub(crate) use local_path::LocalPath;
pub(crate) use visitor::{Owner, Shopper, Visitor};
