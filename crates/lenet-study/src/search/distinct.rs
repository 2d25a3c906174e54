//! Random values of proposals, none of them twice.

use lenet_core::random::{permutation, stream};

use super::space::{Parameter, Space, Value};

/// Draws for one proposal before the space counts as exhausted.
const DRAWS: usize = 100;

/// Most combinations of choices that are put in a random order. Of more, single ones are drawn.
const ORDERED: usize = 1 << 20;

/// The values of the proposals `first..end`, none of which is among those of `known` or drawn twice; fewer
/// where the space has no more.
///
/// A parameter's value is drawn from a stream that is named after the search's seed, the parameter and the
/// proposal's number, so that a larger budget keeps the proposals of a smaller one. Where there are choices
/// alone, the combinations are taken in a random order that the seed fixes.
pub(super) fn distinct(
    space: &Space,
    seed: u64,
    numbers: std::ops::Range<usize>,
    known: &[&[Value]],
) -> Vec<Vec<Value>> {
    let mut found: Vec<Vec<Value>> = Vec::new();
    let wanted = numbers.len();
    let is_new = |values: &[Value], found: &[Vec<Value>]| {
        !known.contains(&values) && !found.iter().any(|other| other == values)
    };
    if let Some(count) = space.combinations().filter(|n| *n <= ORDERED) {
        let order = permutation(&mut stream(seed, "search/combinations"), count);
        let all = order.into_iter().map(|at| space.combination(at as usize));
        for values in all {
            if found.len() == wanted {
                break;
            }
            if is_new(&values, &found) {
                found.push(values);
            }
        }
        return found;
    }
    for number in numbers {
        let mut draws = (0..DRAWS).map(|draw| drawn(space, seed, number, draw));
        match draws.find(|values| is_new(values, &found)) {
            Some(values) => found.push(values),
            None => break,
        }
    }
    found
}

/// One draw of the values of a proposal.
fn drawn(space: &Space, seed: u64, number: usize, draw: usize) -> Vec<Value> {
    let value = |parameter: &Parameter| {
        let name = &parameter.name;
        let name = match draw {
            0 => format!("search/{name}/{number}"),
            again => format!("search/{name}/{number}/{again}"),
        };
        parameter.range.draw(&mut stream(seed, &name))
    };
    space.parameters.iter().map(value).collect()
}
