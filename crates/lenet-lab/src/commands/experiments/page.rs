//! The study's page, written anew while the study runs.

use std::sync::Arc;

use lenet_report::{Live, Records, ReportFiles};
use lenet_results::Store;
use lenet_study::DataSets;

use crate::commands::report::read;
use crate::evidence::Kept;

/// The report of a study that this process carries out.
#[derive(Clone)]
pub struct Page {
    pub store: Store,
    pub data: Arc<DataSets>,
}

impl Page {
    /// Writes the report of the records so far.
    pub fn write(&self, live: Option<&Live>) -> anyhow::Result<ReportFiles> {
        let folder = self.store.folder().join("report");
        let found = read(&[self.store.folder().to_owned()], None)?;
        let kept = Kept::new(&[self.store.folder()], &self.data);
        let records = Records {
            evidence: Some(&kept),
            live,
            ..found.records()
        };
        Ok(lenet_report::write_report(records, &folder)?)
    }
}
