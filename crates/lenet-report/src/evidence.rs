//! What a report shows beyond the records: predictions and test images.

use lenet_core::Data;
use lenet_results::Predictions;

/// Access to what networks said of the test images, and to these images. A report asks only for what
/// it shows, so a study of many trials costs no more than one of few.
pub trait Evidence {
    /// The predictions of the trial with this identity; `None` if there are none or they cannot be
    /// read.
    fn predictions(&self, identity: &str) -> Option<Predictions>;

    /// The test images of a data set; `None` if it cannot be had here.
    fn test_images(&self, data: &Data) -> Option<TestImages>;
}

/// The test images of a data set, in the order of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestImages {
    /// The true class of each image.
    pub labels: Vec<u8>,
    /// Bytes in (image, channel, row, column) order; 0 is dark.
    pub pixels: Vec<u8>,
    /// `[channels, rows, columns]` of an image.
    pub shape: [usize; 3],
}

impl TestImages {
    /// The pixels of an image, channel by channel; `None` if there is no such image.
    pub(crate) fn image(&self, index: usize) -> Option<&[u8]> {
        let length: usize = self.shape.iter().product();
        let begin = index.checked_mul(length)?;
        self.pixels.get(begin..begin.checked_add(length)?)
    }
}
