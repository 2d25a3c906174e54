//! What several networks say of the same test images, added up.

use lenet_results::Prediction;
use lenet_stats::{
    Calibration, Confusion, Estimate, StatsError, bounded_mean, calibration, confusion,
    majority_vote, proportion,
};

use crate::records::estimates::LEVEL;
use crate::records::networks::Network;

/// Bins of the reliability diagram.
pub(crate) const BINS: usize = 10;

/// Numbers over all networks. Each has an answer for every image.
pub(crate) struct Answers {
    /// Images of the test set.
    pub(crate) images: usize,
    /// Counts over all networks.
    pub(crate) confusion: Confusion,
    /// One for each class.
    pub(crate) classes: Vec<ClassAccuracy>,
    /// Images that at least one network gets wrong, in the order of the test set.
    pub(crate) wrong: Vec<WrongImage>,
    pub(crate) calibration: Calibration,
    /// Accuracy of single networks.
    pub(crate) mean: Estimate,
    /// Accuracy of the class that most networks predict.
    pub(crate) vote: Estimate,
}

/// The accuracy on the images of one class.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClassAccuracy {
    pub(crate) class: usize,
    /// Images of the class in the test set.
    pub(crate) images: usize,
    /// `None` if the test set has no image of the class.
    pub(crate) accuracy: Option<Estimate>,
    /// The class that these images are taken for most often, and how often over all networks; the
    /// lowest of equals, `None` without mistakes.
    pub(crate) taken_for: Option<(usize, usize)>,
}

/// An image that some network gets wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WrongImage {
    /// Position in the test set.
    pub(crate) image: usize,
    pub(crate) label: u8,
    /// The wrong classes: most networks first, then most confidence.
    pub(crate) said: Vec<WrongClass>,
    /// Networks that get it wrong.
    pub(crate) wrong: usize,
}

/// A wrong class that networks predict for an image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WrongClass {
    pub(crate) class: usize,
    /// Networks that predict it.
    pub(crate) networks: usize,
    /// The highest confidence among them.
    pub(crate) confidence: f64,
    /// The seed that has it; of equals the first.
    pub(crate) seed: u64,
}

impl WrongImage {
    /// The wrong class that a network is most confident of.
    pub(crate) fn most_confident(&self) -> Option<&WrongClass> {
        let more = |a: &&WrongClass, b: &&WrongClass| a.confidence.total_cmp(&b.confidence);
        // The last of equals wins, so the order is turned round.
        self.said.iter().rev().max_by(more)
    }
}

impl Answers {
    /// Adds up what networks, at least one, say of the images with these labels.
    ///
    /// # Errors
    /// If there are no networks or no images, or classes or lengths do not fit.
    pub(crate) fn new(networks: &[Network], labels: &[u8]) -> Result<Self, StatsError> {
        let classes = networks.first().ok_or(StatsError::Empty)?.classes;
        let truth: Vec<usize> = labels.iter().map(|label| usize::from(*label)).collect();
        let said: Vec<Vec<usize>> = networks.iter().map(|n| classes_of(&n.said)).collect();
        let confidences: Vec<Vec<f64>> = networks.iter().map(|n| confidences_of(&n.said)).collect();
        let right: Vec<Vec<bool>> = said.iter().map(|said| equal(said, &truth)).collect();

        let repeated = truth.repeat(networks.len());
        let confusion = confusion(classes, &repeated, &said.concat())?;
        let rows: Vec<&[usize]> = said.iter().map(Vec::as_slice).collect();
        let weights: Vec<&[f64]> = confidences.iter().map(Vec::as_slice).collect();
        let voted = majority_vote(classes, &rows, Some(&weights))?;
        let voted = equal(&voted, &truth).into_iter().filter(|right| *right);
        let shares: Vec<f64> = right.iter().map(|right| share(right)).collect();
        let by_class = (0..classes).map(|class| class_accuracy(class, &confusion, &truth, &right));
        Ok(Self {
            images: labels.len(),
            classes: by_class.collect::<Result<_, _>>()?,
            wrong: wrong(networks, labels),
            calibration: calibration(&confidences.concat(), &right.concat(), BINS)?,
            mean: of_networks(&shares, &right)?,
            vote: proportion(voted.count(), labels.len(), LEVEL)?,
            confusion,
        })
    }

    /// Images that every network gets wrong, those first whose wrong class has the highest confidence.
    pub(crate) fn wrong_for_all(&self, networks: usize) -> Vec<&WrongImage> {
        let mut images: Vec<&WrongImage> = self.wrong.iter().collect();
        images.retain(|image| image.wrong == networks);
        by_confidence(&mut images);
        images
    }

    /// Images that some network gets wrong, those first whose wrong class has the highest confidence.
    pub(crate) fn most_confident(&self) -> Vec<&WrongImage> {
        let mut images: Vec<&WrongImage> = self.wrong.iter().collect();
        by_confidence(&mut images);
        images
    }
}

/// Stable, so images of one confidence stay in the order of the test set.
fn by_confidence(images: &mut [&WrongImage]) {
    let confidence = |image: &WrongImage| image.most_confident().map_or(0.0, |c| c.confidence);
    images.sort_by(|a, b| confidence(b).total_cmp(&confidence(a)));
}

fn classes_of(said: &[Prediction]) -> Vec<usize> {
    said.iter().map(|said| said.class).collect()
}

fn confidences_of(said: &[Prediction]) -> Vec<f64> {
    said.iter().map(|said| said.confidence).collect()
}

fn equal(said: &[usize], truth: &[usize]) -> Vec<bool> {
    said.iter().zip(truth).map(|(a, b)| a == b).collect()
}

fn share(right: &[bool]) -> f64 {
    right.iter().filter(|right| **right).count() as f64 / right.len() as f64
}

/// The mean of shares, one of each network, with an interval over networks. A single network has the
/// exact interval of a share of images.
fn of_networks(shares: &[f64], right: &[Vec<bool>]) -> Result<Estimate, StatsError> {
    match right {
        [alone] => {
            let correct = alone.iter().filter(|right| **right).count();
            proportion(correct, alone.len(), LEVEL)
        }
        _ => bounded_mean(shares, LEVEL),
    }
}

fn class_accuracy(
    class: usize,
    confusion: &Confusion,
    truth: &[usize],
    right: &[Vec<bool>],
) -> Result<ClassAccuracy, StatsError> {
    let own = |right: &Vec<bool>| -> Vec<bool> {
        let pairs = right.iter().zip(truth);
        let own = pairs.filter(|(_, label)| **label == class);
        own.map(|(right, _)| *right).collect()
    };
    let own: Vec<Vec<bool>> = right.iter().map(own).collect();
    let images = own.first().map_or(0, Vec::len);
    let shares: Vec<f64> = own.iter().map(|right| share(right)).collect();
    let accuracy = (images > 0)
        .then(|| of_networks(&shares, &own))
        .transpose()?;
    let counts = confusion.counts[class].iter().copied().enumerate();
    let mistakes = counts.filter(|(said, count)| *said != class && *count > 0);
    let most =
        |best: (usize, usize), next: (usize, usize)| if next.1 > best.1 { next } else { best };
    Ok(ClassAccuracy {
        class,
        images,
        accuracy,
        taken_for: mistakes.reduce(most),
    })
}

fn wrong(networks: &[Network], labels: &[u8]) -> Vec<WrongImage> {
    let of = |(image, label): (usize, &u8)| {
        let mut said: Vec<WrongClass> = Vec::new();
        let mut wrong = 0;
        for network in networks {
            let answer = network.said.get(image)?;
            if answer.is_correct(*label) {
                continue;
            }
            wrong += 1;
            match said.iter_mut().find(|known| known.class == answer.class) {
                Some(known) => known.add(answer.confidence, network.seed),
                None => said.push(WrongClass {
                    class: answer.class,
                    networks: 1,
                    confidence: answer.confidence,
                    seed: network.seed,
                }),
            }
        }
        said.sort_by(|a, b| {
            let networks = b.networks.cmp(&a.networks);
            networks
                .then(b.confidence.total_cmp(&a.confidence))
                .then(a.class.cmp(&b.class))
        });
        let label = *label;
        (wrong > 0).then_some(WrongImage {
            image,
            label,
            said,
            wrong,
        })
    };
    labels.iter().enumerate().filter_map(of).collect()
}

impl WrongClass {
    fn add(&mut self, confidence: f64, seed: u64) {
        self.networks += 1;
        if confidence > self.confidence {
            (self.confidence, self.seed) = (confidence, seed);
        }
    }
}
