//! Every operation of every level against plain arithmetic.

use std::hint::black_box;

use super::denormals::FLUSH;
use super::*;

/// Levels of this machine; a missing one fails where `LENET_REQUIRE_SIMD` asks for it.
pub(crate) fn levels() -> Vec<Level> {
    let levels = Level::available();
    let names: Vec<_> = levels.iter().map(|level| level.name()).collect();
    println!("levels run: {}", names.join(", "));
    if let Ok(required) = std::env::var("LENET_REQUIRE_SIMD") {
        for name in required.split(',') {
            assert!(
                names.contains(&name),
                "{name} is required, this machine has {names:?}"
            );
        }
    }
    levels
}

struct Check;

impl WithSimd for Check {
    type Output = ();

    fn with<S: Simd>(self, simd: S) {
        simd.vectorize(self);
    }
}

impl<S: Simd> Kernel<S> for Check {
    type Output = ();

    #[inline(always)]
    fn run(self, simd: S) {
        let n = S::LANES;
        let awkward = [1.5, -2.0, f32::NAN, 0.0, 3.0, f32::INFINITY, -0.25, 7.0];
        let left: Vec<f32> = (0..n).map(|i| awkward[i % 8]).collect();
        let right: Vec<f32> = (0..n).map(|i| awkward[(i * 3 + i / 8 + 1) % 8]).collect();
        let (a, b) = (simd.load(&left), simd.load(&right));
        let c = simd.splat(0.5);
        let each = |v: S::Vector, f: &dyn Fn(f32, f32) -> f32| {
            let mut got = vec![0.0; n];
            simd.store(v, &mut got);
            let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&got), bits(lanes::<S>(&[v])));
            for i in 0..n {
                let want = f(left[i], right[i]);
                assert!(
                    got[i] == want || (got[i].is_nan() && want.is_nan()),
                    "lane {i} of {left:?}, {right:?}: {} for {want}",
                    got[i]
                );
            }
        };
        each(simd.add(a, b), &|a, b| a + b);
        each(simd.mul(a, b), &|a, b| a * b);
        each(simd.mul_add(a, b, c), &|a, b| a * b + 0.5);
        each(simd.max(a, b), &|a, b| if a > b { a } else { b });
        let greater = simd.gt_or_nan(a, b);
        each(simd.select(greater, a, c), &|a, b| {
            if a > b || a.is_nan() { a } else { 0.5 }
        });
        each(simd.select(simd.eq(a, b), a, c), &|a, b| {
            if a == b { a } else { 0.5 }
        });
        each(simd.select(simd.eq(b, b), a, c), &|a, b| {
            if b.is_nan() { 0.5 } else { a }
        });

        let held = |i: usize| left[i] != right[i];
        let want: Vec<_> = (0..n)
            .filter(|&i| held(i))
            .map(|i| left[i].to_bits())
            .collect();
        assert_eq!(simd.count(simd.ne(a, b)), want.len());
        let front = simd.front(simd.ne(a, b), a);
        let front = lanes::<S>(std::slice::from_ref(&front)).iter();
        let front: Vec<_> = front
            .take(want.len())
            .map(|value| value.to_bits())
            .collect();
        assert_eq!(front, want);
        let mut square: Vec<_> = (0..n)
            .map(|i| {
                let row: Vec<f32> = (0..n).map(|j| (i * n + j) as f32).collect();
                simd.load(&row)
            })
            .collect();
        simd.transpose(&mut square);
        for (at, &value) in lanes::<S>(&square).iter().enumerate() {
            assert_eq!(value, (at % n * n + at / n) as f32);
        }

        let counting: Vec<f32> = (1..=n as u16).map(f32::from).collect();
        assert_eq!(simd.sum(simd.load(&counting)), (n * (n + 1) / 2) as f32);
    }
}

#[test]
fn operations_are_what_they_say() {
    for level in levels() {
        level.dispatch(Check).unwrap();
    }
    Check.with(Lanes::<16>);
}

#[test]
fn levels_are_found_by_name_or_refused() {
    for level in Level::available() {
        assert_eq!(Level::named(level.name()), Ok(level));
    }
    let error = Level::named("sse9").unwrap_err().to_string();
    assert!(
        error.contains("sse9") && error.contains("portable"),
        "{error}"
    );
}

#[cfg(target_arch = "x86_64")]
#[test]
fn another_architectures_level_is_refused() {
    assert!(Level::Neon.dispatch(Check).is_err());
}

#[test]
fn denormals_are_zero_only_while_the_guard_lives() {
    let product = || black_box(1e-30_f32) * black_box(1e-10_f32);
    assert!(product() > 0.0);
    if FLUSH != 0 {
        let guard = FlushDenormals::new();
        let flushed = product();
        drop(guard);
        assert_eq!(flushed, 0.0);
    }
    assert!(product() > 0.0);
}
