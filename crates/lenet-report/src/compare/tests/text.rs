//! What a reader sees, in words and as JSON.

use expect_test::{expect, expect_file};

use super::*;

#[test]
fn the_text_tells_everything() {
    expect![[r#"
        A: here, 14 trials of s
        B: there.jsonl.gz, 15 trials of s
        trials: 2 equal to the bit, 8 different, 4 only in A, 4 only in B, 1 unreadable in A
        predictions: 1 equal to the bit, 1 different, 1 on one side only, 7 not kept
        cells: 0 equal, 3 within chance, 1 beyond chance, 1 with too few seeds to tell, 1 only in A, 1 only in B (of 4 that differ, chance alone puts 0.20 beyond 95 %)
        claims: 1 with the same verdict, 1 changed, 1 only in A, 1 only in B
        A and B differ

        Damaged in A (1):
          trials/4f1eba0c2f3437ff.jsonl: its checksum is wrong

        Trials that differ (8):
          rate 0.1, seed 1 (422c30e6f1899a69): epoch 1, train_loss: 0.09999999999999998 and 0.050000000000000044 (-5.000e-2)
          rate 0.1, seed 2 (14be18ec337d3c4c): epoch 1, train_loss: 0.08999999999999997 and 0.04500000000000004 (-4.500e-2)
          rate 0.1, seed 3 (53b8986a701b95fb): epoch 1, train_loss: 0.07999999999999996 and 0.028000000000000025 (-5.200e-2)
          rate 0.1, seed 4 (ca265972f0d266ec): epoch 1, train_loss: 0.06999999999999995 and 0.020000000000000018 (-5.000e-2)
          rate 0.6, seed 1 (98dfc62259e70f84): epoch 1, train_loss: 0.4 and 0.39 (-1.000e-2)
          rate 0.6, seed 2 (ea704bf28815e745): epoch 1, train_loss: 0.39 and 0.4 (+1.000e-2)
          rate 0.6, seed 3 (b06ee80012b170f8): epoch 1, train_loss: 0.38 and 0.375 (-5.000e-3)
          rate 0.7, seed 1 (293fec44a63db105): epoch 1, train_loss: 0.30000000000000004 and 0.25 (-5.000e-2)

        Predictions that differ (1):
          rate 0.2, seed 2 (0515df43075547a7): another confidence or class for 8 images, another class for 3 of them

        Trials only in A (4):
          rate 0.3, seed 1 (b336eca7a22e80e9)
          rate 0.3, seed 2 (6480e0c6ce54da11)
          rate 0.3, seed 3 (186f75e59fbf9d4e)
          rate 0.4, seed 1 (c7583f7ac008b5d2)

        Trials only in B (4):
          rate 0.3, seed 11 (cf63664069a6a94c)
          rate 0.3, seed 12 (81b10260164a6f57)
          rate 0.3, seed 13 (7b637fa5f9380625)
          rate 0.5, seed 1 (c861ad7719736d3b)

        Trials unreadable in A (1):
          rate 0.2, seed 3 (4f1eba0c2f3437ff)

        Mean test accuracy of cells that differ (5):
          rate 0.1: beyond: A 0.9150 (0.8921–0.9334), n = 4; B 0.9642 (0.9336–0.9810), n = 4; B − A +0.0492 (+0.0445 to +0.0540), paired by seed, n = 4
          rate 0.2: within: A 0.6250 (0.0019–0.9993), n = 2; B 0.6250 (0.3070–0.8624), n = 3; B − A +0.0000 (+0.0000 to +0.0000), paired by seed, n = 2
          rate 0.3: within: A 0.8233 (0.7520–0.8775), n = 3; B 0.8433 (0.7355–0.9124), n = 3; B − A +0.0200 (−0.0522 to +0.0922), Welch, n = 6
          rate 0.6: within: A 0.6100 (0.5849–0.6345), n = 3; B 0.6117 (0.5800–0.6424), n = 3; B − A +0.0017 (−0.0242 to +0.0275), paired by seed, n = 3
          rate 0.7: too few seeds to tell: A 0.7000, n = 1; B 0.8000, n = 1; B − A +0.1000, Welch, n = 2

        Cells only in A (1):
          rate 0.4

        Cells only in B (1):
          rate 0.5

        Verdicts that changed (1):
          1: A does not hold: +0.3000 (+0.3000 to +0.3000, 95 %), n = 3; B holds: +0.3473 (+0.3287 to +0.3660, 95 %), n = 3
            Better by a third.

        Claims only in A (1):
          1: Only A.

        Claims only in B (1):
          1: Only B.

        Settings that differ (2):
          learning_rate: A 0.1, 0.2, 0.3, 0.4, 0.6, 0.7 | B 0.1, 0.2, 0.3, 0.5, 0.6, 0.7
          seed: A 1, 2, 3, 4 | B 1, 2, 3, 4, 11, 12, 13

        Studies (1):
          file s.toml of s, line 2: A seeds = 4 | B seeds = 13

        Where it ran (2):
          revision: A abc1234 | B def5678
          instruction set: A avx2 | B portable"#]].assert_eq(&compared().text(true));
}

#[test]
fn long_lists_are_shortened() {
    let [a, _] = sides();
    let mut b = a.clone();
    b.trials.iter_mut().for_each(|t| t.epochs[0].step = 1);
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    let (short, long) = (found.text(false), found.text(true));
    assert!(short.contains("Trials that differ (14):"), "{short}");
    assert!(short.contains("\n  … and 4 more (hint: --verbose shows all)"));
    let listed = |text: &str| text.matches("step: 430 and 1").count();
    assert_eq!((listed(&short), listed(&long)), (10, 14));
    assert!(!long.contains('…'), "{long}");
    // Ten have room.
    let some = b.trials.iter_mut().take(4);
    some.for_each(|t| t.epochs[0].step = 430);
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    let text = found.text(false);
    assert!(
        text.contains("Trials that differ (10):") && !text.contains("--verbose"),
        "{text}"
    );
}

#[test]
fn the_json_tells_everything() {
    let json = serde_json::to_string_pretty(&compared()).unwrap();
    expect_file!["comparison.json"].assert_eq(&(json + "\n"));
}
