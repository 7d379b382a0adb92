//! The pure part: search words, the lines of a reservation, names of images, lines of an import.

mod description;
mod edition;
mod image;
mod import;
mod lines;
mod patch;
mod phrases;
mod words;

pub use description::{Description, wrong_price};
pub use edition::Edition;
pub use image::{stored_name, uploaded_name};
pub use import::wrong_in_line;
pub use lines::Lines;
pub use patch::{merge, named};
pub use phrases::{Phrase, pairs, phrases};
pub use words::{EXACT, Field, WORDING, indexed_words, query_words, sort_name};
