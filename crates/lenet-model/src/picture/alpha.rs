//! Transparent pixels, shown on a ground that the ink stands out from.

/// Share of transparent pixels from which on they are the ground of the drawing. Fewer are rounded
/// corners or a hole.
const GROUND: f64 = 0.2;

/// Colours without transparency, of pixels `[r, g, b, alpha]` in [0, 1]. Where much is transparent,
/// the ground is white under dark ink and black under light ink; elsewhere it is the mean colour of
/// what is opaque.
pub(super) fn on_ground(pixels: impl Iterator<Item = [f32; 4]> + Clone) -> Vec<[f32; 3]> {
    let (mut opaque, mut count, mut clear) = (0.0f64, 0.0f64, 0.0f64);
    let mut sum = [0.0f64; 3];
    for [r, g, b, alpha] in pixels.clone() {
        let alpha = f64::from(alpha);
        for (sum, value) in sum.iter_mut().zip([r, g, b]) {
            *sum += alpha * f64::from(value);
        }
        opaque += alpha;
        count += 1.0;
        clear += f64::from(u8::from(alpha < 0.5));
    }
    let mean = sum.map(|sum| if opaque > 0.0 { sum / opaque } else { 0.0 });
    let light = 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2] > 0.5;
    let ground = if clear < GROUND * count {
        mean.map(|value| value as f32)
    } else if light {
        [0.0; 3]
    } else {
        [1.0; 3]
    };
    let show = |[r, g, b, alpha]: [f32; 4]| {
        let colours = [r, g, b];
        std::array::from_fn(|i| colours[i] * alpha + ground[i] * (1.0 - alpha))
    };
    pixels.map(show).collect()
}
