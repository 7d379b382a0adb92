//! A shop is started a second time: on what the first left, and in the way of what there is.

mod loading;
mod obstacles;
mod second;
mod settings;
mod up;
