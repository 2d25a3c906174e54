//! What the splits hold, and that draws never change.

use super::*;

fn dataset() -> Dataset {
    let set = |n| ImageSet::new(vec![0; n], vec![1; n], [1, 1, 1]).unwrap();
    Dataset::new("small", set(100), set(20)).unwrap()
}

fn split(validation: usize, samples: Option<usize>, seed: u64) -> Result<Splits, DataError> {
    dataset().split(&SplitSpec {
        validation: Validation::first(validation),
        samples,
        seed,
    })
}

#[test]
fn validation_is_the_first_and_training_the_rest() {
    let splits = split(10, None, 0).unwrap();
    assert_eq!(splits.validation.indices, (0..10).collect::<Vec<u32>>());
    assert_eq!(splits.train.indices, (10..100).collect::<Vec<u32>>());
    assert_eq!(splits.test.indices, (0..20).collect::<Vec<u32>>());
    assert_eq!(splits.classes, 2);
    let all = split(0, None, 0).unwrap();
    assert!(all.validation.is_empty() && !all.train.is_empty());
    assert_eq!(all.train.len(), 100);
}

#[test]
fn samples_are_drawn_by_seed_from_the_rest() {
    let drawn = |seed| split(10, Some(30), seed).unwrap().train.indices;
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    let indices = drawn(1);
    assert_eq!(indices.len(), 30);
    assert!(indices.is_sorted_by(|a, b| a < b), "{indices:?}");
    assert!(
        indices.iter().all(|&index| (10..100).contains(&index)),
        "{indices:?}"
    );
    // The draw reaches the last third of the rest, so it does not just take the first ones.
    assert!(
        indices.iter().filter(|&&index| index >= 70).count() > 3,
        "{indices:?}"
    );
    assert_eq!(
        split(10, Some(90), 5).unwrap().train.indices,
        (10..100).collect::<Vec<u32>>()
    );
}

#[test]
fn more_than_there_is_is_refused() {
    for validation in [100, 101, usize::MAX] {
        let refused = split(validation, None, 0);
        assert!(
            matches!(refused, Err(DataError::ValidationTooLarge { .. })),
            "{validation}"
        );
    }
    let refusal = split(101, None, 0).unwrap_err().to_string();
    assert_eq!(
        refusal,
        "validation = 101 leaves nothing to train on: there are 100 training images (hint: \
         validation = 10)"
    );
    for samples in [0, 91, usize::MAX] {
        let refused = split(10, Some(samples), 0);
        assert!(
            matches!(refused, Err(DataError::Samples { available: 90, .. })),
            "{samples}"
        );
    }
}

#[test]
fn each_epoch_shuffles_anew_and_by_seed_alone() {
    let train = split(10, Some(30), 1).unwrap().train;
    let order = epoch_order(&train, 4, 2);
    assert_eq!(order, epoch_order(&train, 4, 2));
    assert_ne!(order, epoch_order(&train, 4, 3));
    assert_ne!(order, epoch_order(&train, 5, 2));
    assert_ne!(order, train.indices);
    let mut sorted = order;
    sorted.sort_unstable();
    assert_eq!(sorted, train.indices);
}

/// Records on disk stay comparable only if these values never change.
#[test]
fn draws_never_change() {
    let train = split(10, Some(6), 0).unwrap().train;
    let frozen = (train.indices.clone(), epoch_order(&train, 0, 1));
    assert_eq!(
        frozen,
        (vec![25, 35, 62, 69, 70, 77], vec![69, 77, 25, 70, 62, 35])
    );
}

#[test]
fn the_last_batch_is_what_is_left() {
    let train = split(10, None, 1).unwrap().train;
    let order = epoch_order(&train, 0, 0);
    let sizes: Vec<_> = batches(&order, 40).map(<[u32]>::len).collect();
    assert_eq!(sizes, [40, 40, 10]);
    assert_eq!(batches(&order, 40).collect::<Vec<_>>().concat(), order);
    assert_eq!(batches(&order, 1000).count(), 1);
}
