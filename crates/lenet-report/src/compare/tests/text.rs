//! What a reader sees, in words and as JSON.

use expect_test::expect;

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
    expect![[r#"
        {
          "format": 1,
          "equal": false,
          "figures": [],
          "a": {
            "name": "here",
            "studies": [
              "s"
            ],
            "trials": 14,
            "runtimes": 0,
            "damaged": [
              "trials/4f1eba0c2f3437ff.jsonl: its checksum is wrong"
            ]
          },
          "b": {
            "name": "there.jsonl.gz",
            "studies": [
              "s"
            ],
            "trials": 15,
            "runtimes": 0,
            "damaged": []
          },
          "trials": {
            "equal": [
              {
                "identity": "a4bf516b098f6d36",
                "name": "rate 0.2, seed 1"
              },
              {
                "identity": "0515df43075547a7",
                "name": "rate 0.2, seed 2"
              }
            ],
            "different": [
              {
                "identity": "422c30e6f1899a69",
                "name": "rate 0.1, seed 1",
                "epoch": 1,
                "what": "train_loss",
                "first": 0.09999999999999998,
                "second": 0.050000000000000044,
                "by": -0.04999999999999993
              },
              {
                "identity": "14be18ec337d3c4c",
                "name": "rate 0.1, seed 2",
                "epoch": 1,
                "what": "train_loss",
                "first": 0.08999999999999997,
                "second": 0.04500000000000004,
                "by": -0.04499999999999993
              },
              {
                "identity": "53b8986a701b95fb",
                "name": "rate 0.1, seed 3",
                "epoch": 1,
                "what": "train_loss",
                "first": 0.07999999999999996,
                "second": 0.028000000000000025,
                "by": -0.051999999999999935
              },
              {
                "identity": "ca265972f0d266ec",
                "name": "rate 0.1, seed 4",
                "epoch": 1,
                "what": "train_loss",
                "first": 0.06999999999999995,
                "second": 0.020000000000000018,
                "by": -0.04999999999999993
              },
              {
                "identity": "98dfc62259e70f84",
                "name": "rate 0.6, seed 1",
                "epoch": 1,
                "what": "train_loss",
                "first": 0.4,
                "second": 0.39,
                "by": -0.010000000000000009
              },
              {
                "identity": "ea704bf28815e745",
                "name": "rate 0.6, seed 2",
                "epoch": 1,
                "what": "train_loss",
                "first": 0.39,
                "second": 0.4,
                "by": 0.010000000000000009
              },
              {
                "identity": "b06ee80012b170f8",
                "name": "rate 0.6, seed 3",
                "epoch": 1,
                "what": "train_loss",
                "first": 0.38,
                "second": 0.375,
                "by": -0.0050000000000000044
              },
              {
                "identity": "293fec44a63db105",
                "name": "rate 0.7, seed 1",
                "epoch": 1,
                "what": "train_loss",
                "first": 0.30000000000000004,
                "second": 0.25,
                "by": -0.050000000000000044
              }
            ],
            "only_a": [
              {
                "identity": "b336eca7a22e80e9",
                "name": "rate 0.3, seed 1"
              },
              {
                "identity": "6480e0c6ce54da11",
                "name": "rate 0.3, seed 2"
              },
              {
                "identity": "186f75e59fbf9d4e",
                "name": "rate 0.3, seed 3"
              },
              {
                "identity": "c7583f7ac008b5d2",
                "name": "rate 0.4, seed 1"
              }
            ],
            "only_b": [
              {
                "identity": "cf63664069a6a94c",
                "name": "rate 0.3, seed 11"
              },
              {
                "identity": "81b10260164a6f57",
                "name": "rate 0.3, seed 12"
              },
              {
                "identity": "7b637fa5f9380625",
                "name": "rate 0.3, seed 13"
              },
              {
                "identity": "c861ad7719736d3b",
                "name": "rate 0.5, seed 1"
              }
            ],
            "unreadable_a": [
              {
                "identity": "4f1eba0c2f3437ff",
                "name": "rate 0.2, seed 3"
              }
            ],
            "unreadable_b": [],
            "predictions": {
              "equal": 1,
              "different": [
                {
                  "identity": "0515df43075547a7",
                  "name": "rate 0.2, seed 2",
                  "images": 8,
                  "classes": 3
                }
              ],
              "one_side": 1,
              "neither": 7
            }
          },
          "cells": {
            "both": [
              {
                "name": "rate 0.1",
                "epoch": 1,
                "a": {
                  "estimate": 0.915,
                  "low": 0.8920779394452351,
                  "high": 0.9334169167934491,
                  "level": 0.95,
                  "n": 4
                },
                "b": {
                  "estimate": 0.9642499999999999,
                  "low": 0.9336259901558405,
                  "high": 0.9810316011934245,
                  "level": 0.95,
                  "n": 4
                },
                "failed": [
                  0,
                  0
                ],
                "difference": {
                  "estimate": 0.04924999999999993,
                  "low": 0.044498482260013475,
                  "high": 0.05400151773998639,
                  "level": 0.95,
                  "n": 4
                },
                "method": "paired",
                "verdict": "beyond"
              },
              {
                "name": "rate 0.2",
                "epoch": 1,
                "a": {
                  "estimate": 0.625,
                  "low": 0.0018965567766053395,
                  "high": 0.999316409821167,
                  "level": 0.95,
                  "n": 2
                },
                "b": {
                  "estimate": 0.625,
                  "low": 0.30702860066784426,
                  "high": 0.8624392495380369,
                  "level": 0.95,
                  "n": 3
                },
                "failed": [
                  0,
                  0
                ],
                "difference": {
                  "estimate": 0.0,
                  "low": 0.0,
                  "high": 0.0,
                  "level": 0.95,
                  "n": 2
                },
                "method": "paired",
                "verdict": "within"
              },
              {
                "name": "rate 0.3",
                "epoch": 1,
                "a": {
                  "estimate": 0.8233333333333334,
                  "low": 0.7519988210212436,
                  "high": 0.8774920091998116,
                  "level": 0.95,
                  "n": 3
                },
                "b": {
                  "estimate": 0.8433333333333334,
                  "low": 0.7355456210591135,
                  "high": 0.9124193779553311,
                  "level": 0.95,
                  "n": 3
                },
                "failed": [
                  0,
                  0
                ],
                "difference": {
                  "estimate": 0.020000000000000018,
                  "low": -0.05217199721378912,
                  "high": 0.09217199721378916,
                  "level": 0.95,
                  "n": 6
                },
                "method": "welch",
                "verdict": "within"
              },
              {
                "name": "rate 0.6",
                "epoch": 1,
                "a": {
                  "estimate": 0.61,
                  "low": 0.584893049539362,
                  "high": 0.6345372480492596,
                  "level": 0.95,
                  "n": 3
                },
                "b": {
                  "estimate": 0.6116666666666667,
                  "low": 0.5799888190959959,
                  "high": 0.6424282957320764,
                  "level": 0.95,
                  "n": 3
                },
                "failed": [
                  0,
                  0
                ],
                "difference": {
                  "estimate": 0.0016666666666666687,
                  "low": -0.024189058396044696,
                  "high": 0.027522391729378037,
                  "level": 0.95,
                  "n": 3
                },
                "method": "paired",
                "verdict": "within"
              },
              {
                "name": "rate 0.7",
                "epoch": 1,
                "a": {
                  "estimate": 0.7,
                  "low": null,
                  "high": null,
                  "level": 0.95,
                  "n": 1
                },
                "b": {
                  "estimate": 0.8,
                  "low": null,
                  "high": null,
                  "level": 0.95,
                  "n": 1
                },
                "failed": [
                  0,
                  0
                ],
                "difference": {
                  "estimate": 0.10000000000000009,
                  "low": null,
                  "high": null,
                  "level": 0.95,
                  "n": 2
                },
                "method": "welch",
                "verdict": "unknown"
              }
            ],
            "only_a": [
              "rate 0.4"
            ],
            "only_b": [
              "rate 0.5"
            ]
          },
          "claims": {
            "same": 1,
            "changed": [
              {
                "id": "1",
                "text": "Better by a third.",
                "a": {
                  "verdict": "does not hold",
                  "numbers": {
                    "estimate": 0.30000000000000004,
                    "low": 0.30000000000000004,
                    "high": 0.30000000000000004,
                    "level": 0.95,
                    "n": 3
                  },
                  "words": "+0.3000 (+0.3000 to +0.3000, 95 %), n = 3"
                },
                "b": {
                  "verdict": "holds",
                  "numbers": {
                    "estimate": 0.3473333333333333,
                    "low": 0.3286885048377523,
                    "high": 0.36597816182891435,
                    "level": 0.95,
                    "n": 3
                  },
                  "words": "+0.3473 (+0.3287 to +0.3660, 95 %), n = 3"
                }
              }
            ],
            "only_a": [
              {
                "id": "1",
                "text": "Only A."
              }
            ],
            "only_b": [
              {
                "id": "1",
                "text": "Only B."
              }
            ]
          },
          "settings": [
            {
              "what": "learning_rate",
              "a": [
                "0.1",
                "0.2",
                "0.3",
                "0.4",
                "0.6",
                "0.7"
              ],
              "b": [
                "0.1",
                "0.2",
                "0.3",
                "0.5",
                "0.6",
                "0.7"
              ]
            },
            {
              "what": "seed",
              "a": [
                "1",
                "2",
                "3",
                "4"
              ],
              "b": [
                "1",
                "2",
                "3",
                "4",
                "11",
                "12",
                "13"
              ]
            }
          ],
          "studies": [
            {
              "what": "file s.toml of s, line 2",
              "a": [
                "seeds = 4"
              ],
              "b": [
                "seeds = 13"
              ]
            }
          ],
          "runs": [
            {
              "what": "revision",
              "a": [
                "abc1234"
              ],
              "b": [
                "def5678"
              ]
            },
            {
              "what": "instruction set",
              "a": [
                "avx2"
              ],
              "b": [
                "portable"
              ]
            }
          ]
        }"#]]
    .assert_eq(&json);
}
