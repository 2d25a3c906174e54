//! How often the intervals of shares hold, by simulation.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

use crate::variance::variance_shares;

const GRIDS: usize = 300;
const LEVEL: f64 = 0.9;

/// Effects of three axes with 3, 2 and 4 levels.
struct Truth {
    name: &'static str,
    /// Distance of neighbouring levels of each axis.
    main: [f64; 3],
    /// Half the range of the interaction of the first two axes.
    interaction: f64,
    noise: f64,
    /// Values per cell.
    n: usize,
}

const LEVELS: [usize; 3] = [3, 2, 4];

impl Truth {
    /// Contributions of the four parts, in the order of the cells.
    fn cells(&self) -> Vec<[f64; 4]> {
        let (a, b, c) = (LEVELS[0], LEVELS[1], LEVELS[2]);
        let centred = |level: usize, levels: usize| level as f64 - (levels - 1) as f64 / 2.0;
        let mut cells = Vec::new();
        for (i, j, k) in (0..a * b * c).map(|cell| (cell / (b * c), cell / c % b, cell % c)) {
            let main = [centred(i, a), centred(j, b), centred(k, c)];
            let crossed = self.interaction * main[0] * main[1] * 2.0;
            cells.push([
                self.main[0] * main[0],
                self.main[1] * main[1],
                self.main[2] * main[2],
                crossed,
            ]);
        }
        cells
    }

    /// Share and partial share of each part in the long run.
    fn shares(&self) -> [[f64; 2]; 4] {
        let cells = self.cells();
        let variance = |part: usize| {
            cells.iter().map(|cell| cell[part].powi(2)).sum::<f64>() / cells.len() as f64
        };
        let noise = self.noise * self.noise;
        let total: f64 = (0..4).map(variance).sum::<f64>() + noise;
        [0, 1, 2, 3].map(|part| {
            [
                variance(part) / total,
                variance(part) / (variance(part) + noise),
            ]
        })
    }

    fn draw(&self, random: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
        let mut value = |mean: f64| {
            let noise: f64 = StandardNormal.sample(random);
            mean + self.noise * noise
        };
        self.cells()
            .iter()
            .map(|parts| (0..self.n).map(|_| value(parts.iter().sum())).collect())
            .collect()
    }
}

#[test]
fn intervals_hold_as_often_as_they_say() {
    let truths = [
        Truth {
            name: "one large axis",
            main: [0.0, 0.2, 3.0],
            interaction: 0.1,
            noise: 1.0,
            n: 5,
        },
        Truth {
            name: "small effects",
            main: [0.2, 0.0, 0.3],
            interaction: 0.2,
            noise: 1.0,
            n: 5,
        },
        Truth {
            name: "little noise",
            main: [5.0, 5.0, 1.0],
            interaction: 2.0,
            noise: 0.3,
            n: 3,
        },
        Truth {
            name: "few values",
            main: [1.0, 2.0, 0.0],
            interaction: 0.5,
            noise: 1.0,
            n: 2,
        },
    ];
    let mut wrong = Vec::new();
    for truth in truths {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let expected = truth.shares();
        let mut held = [[0; 2]; 4];
        for _ in 0..GRIDS {
            let found = variance_shares(&LEVELS, &truth.draw(&mut random), LEVEL).unwrap();
            for part in 0..4 {
                let effect = found
                    .main
                    .get(part)
                    .unwrap_or(&found.interactions[0].effect);
                let test = effect.test.unwrap();
                let intervals = [test.share.interval, test.partial.interval];
                for (kind, interval) in intervals.into_iter().enumerate() {
                    let interval = interval.unwrap();
                    let share = expected[part][kind];
                    held[part][kind] +=
                        usize::from(interval.low <= share && share <= interval.high);
                }
            }
        }
        for part in 0..4 {
            for kind in 0..2 {
                let share = held[part][kind] as f64 / GRIDS as f64;
                // Four standard errors are 0.07. No effect at all can be missed on one side only.
                let most = if expected[part][kind] == 0.0 {
                    1.0
                } else {
                    0.97
                };
                if !(0.83 <= share && share <= most) {
                    wrong.push(format!("{}, part {part}, kind {kind}: {share}", truth.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
