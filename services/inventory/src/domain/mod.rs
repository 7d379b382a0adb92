//! The pure part: words to search by, the lines of a reservation, names of pictures, lines of an import.

mod description;
mod image;
mod import;
mod lines;
mod words;

pub use description::Description;
pub use image::stored_name;
pub use import::wrong_in_line;
pub use lines::Lines;
pub use words::{fold, indexed_words, query_words};
