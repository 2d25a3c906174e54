//! The queue of trials that wait, and which of them form a group.

use std::collections::{HashMap, VecDeque};

use lenet_core::Shape;

use crate::error::StudyError;
use crate::plan::PlannedTrial;

/// The trials that wait, in the order in which they are run, and how many trials of each shape
/// fit into one group.
#[derive(Debug)]
pub(crate) struct Queue<'p> {
    /// All trials, each with the number of its shape; `None` once taken.
    places: Vec<Option<(&'p PlannedTrial, usize)>>,
    /// All before it are taken.
    first: usize,
    waiting: usize,
    shapes: Vec<OfShape>,
}

/// The waiting trials of one shape.
#[derive(Debug)]
struct OfShape {
    capacity: usize,
    /// Their places in the queue, ascending.
    places: VecDeque<usize>,
}

impl<'p> Queue<'p> {
    /// `capacity` returns how many trials like the given one can be trained together. It is
    /// called once per shape.
    pub(crate) fn new(
        trials: impl Iterator<Item = &'p PlannedTrial>,
        mut capacity: impl FnMut(&PlannedTrial) -> Result<usize, StudyError>,
    ) -> Result<Self, StudyError> {
        let mut numbers: HashMap<(&str, Shape<'_>), usize> = HashMap::new();
        let mut shapes: Vec<OfShape> = Vec::new();
        let mut places = Vec::new();
        for trial in trials {
            let number = match numbers.get(&trial.shape()) {
                Some(&number) => number,
                None => {
                    shapes.push(OfShape {
                        capacity: capacity(trial)?,
                        places: VecDeque::new(),
                    });
                    numbers.insert(trial.shape(), shapes.len() - 1);
                    shapes.len() - 1
                }
            };
            shapes[number].places.push_back(places.len());
            places.push(Some((trial, number)));
        }
        Ok(Self {
            waiting: places.len(),
            places,
            first: 0,
            shapes,
        })
    }

    pub(crate) fn trials(&self) -> impl Iterator<Item = &'p PlannedTrial> {
        let waiting = self.places[self.first..].iter().flatten();
        waiting.map(|&(trial, _)| trial)
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting
    }

    /// The largest number of trials that can be trained together, at least 1.
    pub(crate) fn capacity(&self) -> usize {
        let capacities = self.shapes.iter().map(|shape| shape.capacity);
        capacities.max().unwrap_or(1).max(1)
    }

    /// Removes the next group from the queue: the first trial, and later trials of its shape in
    /// queue order, up to `at_most` and up to the shape's capacity. Empty if the queue is empty.
    pub(crate) fn take(&mut self, at_most: usize) -> Vec<&'p PlannedTrial> {
        while matches!(self.places.get(self.first), Some(None)) {
            self.first += 1;
        }
        let Some(&Some((_, number))) = self.places.get(self.first) else {
            return Vec::new();
        };
        let shape = &mut self.shapes[number];
        let room = shape.capacity.min(at_most).max(1).min(shape.places.len());
        let taken = shape.places.drain(..room);
        let group = taken.filter_map(|place| self.places[place].take());
        let group: Vec<_> = group.map(|(trial, _)| trial).collect();
        self.waiting -= group.len();
        group
    }
}

#[cfg(test)]
mod tests {
    use lenet_data::{Dataset, ImageSet};

    use super::*;
    use crate::config::StudyConfig;
    use crate::data_sets::DataSets;
    use crate::overrides::Overrides;
    use crate::plan::Plan;

    /// Two seeds of nine cells: four cells share one shape, each of the others has its own.
    const STUDY: &str = r#"
name = "shapes"
seeds = 2
[base]
filters = 2
hidden = 4
validation = 10
batch_size = 5
[[figure]]
id = "same"
[figure.axes]
optimizer = ["sgd", "adam"]
learning_rate = [0.1, 0.2]
[[figure]]
id = "others"
[figure.set]
learning_rate = 0.3
[figure.axes]
batch_size = [7, 8]
[[figure]]
id = "samples"
[figure.axes]
samples = [20]
[[figure]]
id = "network"
[figure.axes]
hidden = [5]
[[figure]]
id = "backend"
[figure.axes]
backend = ["stock"]
"#;

    fn plan() -> Plan {
        let images = |count: usize| {
            let labels = (0..count).map(|i| (i % 3) as u8).collect();
            ImageSet::new(vec![0; count * 64], labels, [1, 8, 8]).unwrap()
        };
        let set = Dataset::new("blank", images(40), images(10)).unwrap();
        let data = DataSets::default().with("mnist", set);
        let config = StudyConfig::parse(STUDY, "shapes").unwrap();
        Plan::expand(&config, &Overrides::default(), &data).unwrap()
    }

    /// Takes all groups; the positions of each group's trials in the plan.
    fn groups(plan: &Plan, capacity: usize, at_most: usize) -> Vec<Vec<usize>> {
        let mut asked = 0;
        let mut queue = Queue::new(plan.trials.iter(), |_| {
            asked += 1;
            Ok(capacity)
        })
        .unwrap();
        assert_eq!((queue.len(), queue.capacity()), (18, capacity.max(1)));
        let mut groups = Vec::new();
        loop {
            let group = queue.take(at_most);
            if group.is_empty() {
                break;
            }
            let position = |trial: &&PlannedTrial| {
                plan.trials
                    .iter()
                    .position(|planned| planned.identity == trial.identity)
                    .unwrap()
            };
            groups.push(group.iter().map(position).collect());
        }
        assert_eq!(queue.len(), 0);
        assert_eq!(asked, 6, "once per shape");
        groups
    }

    #[test]
    fn groups_are_of_one_shape_in_the_plans_order() {
        let plan = plan();
        let alone: Vec<Vec<usize>> = (0..18).map(|position| vec![position]).collect();
        assert_eq!(groups(&plan, 1, 9), alone);
        assert_eq!(groups(&plan, 0, 9), alone);
        assert_eq!(groups(&plan, 9, 1), alone);
        let threes = groups(&plan, 3, 9);
        assert_eq!(threes, groups(&plan, 9, 3));
        let want: [&[usize]; 8] = [
            &[0, 1, 2],
            &[3, 9, 10],
            &[4, 13],
            &[5, 14],
            &[6, 15],
            &[7, 16],
            &[8, 17],
            &[11, 12],
        ];
        assert_eq!(threes, want);
        let all = groups(&plan, 99, 99);
        assert_eq!(all[0], [0, 1, 2, 3, 9, 10, 11, 12]);
        assert_eq!(all[1..], want[2..7]);
    }
}
