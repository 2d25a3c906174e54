//! The table of published runtimes.

use super::*;

#[test]
fn the_table_is_whole() {
    // Six sizes on the GPU and four on the CPU, two batch sizes, two panels.
    assert_eq!(runs().len(), (6 + 4) * 2 * 2);
    for run in runs() {
        let f = run.filters;
        let true_count = 10 * f + f * (9 * f + 1) + 128 * (49 * f + 1) + 1290;
        assert_eq!(run.parameters, true_count);
        assert!((0.5..25.0).contains(&run.seconds), "{run:?}");
    }
    assert_eq!(seconds(DeviceKind::Cpu, 64, 16, false), Some(21.4));
    assert_eq!(seconds(DeviceKind::Cuda, 256, 64, true), Some(3.12));
    assert_eq!(seconds(DeviceKind::Cpu, 256, 64, true), None);
}
