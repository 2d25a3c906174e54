//! Rows of the tables of runtimes.

use super::*;
use crate::testing::{Grid, in_series, record};

#[test]
fn tables_have_a_row_a_point_and_a_row_a_sample() {
    let records = [
        record(&Grid::cpu().point(8, 16, 0.0), &[1.0, 2.0, 4.0]),
        record(&Grid::gpu().point(8, 16, 0.0), &[0.5, 0.25, 0.5]),
    ];
    let runtimes = in_series(&records);
    let read = |table: Table| {
        let text = String::from_utf8(table.csv()).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let rows = read(points(&runtimes));
    assert_eq!(rows.len(), 3);
    let start = "device,backend,data_placement,filters,parameters,batch_size,dropout,samples,trials,\
                 median,low,high,prepare_seconds,copy_seconds,forward_seconds,\
                 backward_seconds,optimizer_seconds,evaluation_seconds,";
    assert!(rows[0].starts_with(start), "{}", rows[0]);
    let start = "cpu,fused,streamed,8,52258,16,0,10000,1,2,1,4,,,,,,,,0.75,3,1.5,3,";
    assert!(rows[1].starts_with(start), "{}", rows[1]);
    assert!(rows[2].starts_with("cuda:0,stock,streamed,8,52258,16,0,10000,1,0.5,"));

    let rows = read(samples(&runtimes));
    assert_eq!(rows.len(), 1 + 6);
    let start = "cpu,fused,streamed,8,52258,16,0,10000,1,1,1,0,1,0.75,0.25,1048576,,false,false,";
    assert!(rows[1].starts_with(start), "{}", rows[1]);
    assert!(
        rows[1].ends_with(",bench,A Processor,,2,avx2,abc1234,"),
        "{}",
        rows[1]
    );
    assert!(rows[4].contains(",A GPU,"), "{}", rows[4]);
}
