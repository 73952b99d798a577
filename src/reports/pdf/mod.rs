//! A print as PDF: a few at a time, bounded in time, and apart from the server, whose memory it would keep.

#[cfg(feature = "reports")]
mod apart;
#[cfg(feature = "reports")]
mod fonts;
#[cfg(feature = "reports")]
mod job;
#[cfg(not(feature = "reports"))]
mod none;
#[cfg(feature = "reports")]
mod press;
#[cfg(feature = "reports")]
#[cfg(test)]
mod tests;
#[cfg(feature = "reports")]
mod world;

#[cfg(feature = "reports")]
pub use self::apart::work;
#[cfg(not(feature = "reports"))]
pub use self::none::{Press, work};
#[cfg(feature = "reports")]
pub use self::press::Press;

/// A print as PDF.
#[derive(Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Characters that no font at hand has, each once: they are empty boxes on the paper.
    pub unknown: String,
}
