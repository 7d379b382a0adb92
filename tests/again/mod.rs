//! A second start of a shop: on the data of the first run, and against obstacles.

mod demo;
mod loading;
mod money;
mod obstacles;
mod second;
mod settings;
mod up;
