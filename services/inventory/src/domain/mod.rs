//! The pure part: words to search by, the lines of a reservation, names of pictures.

mod image;
mod lines;
mod words;

pub use image::stored_name;
pub use lines::Lines;
pub use words::{fold, indexed_words, query_words};
