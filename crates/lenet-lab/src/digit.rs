//! An image drawn with characters, two rows of pixels per line.

/// Draws the mean over the channels of `pixels`, `[channels, height, width]` in [0, 1]. With
/// `colours`, each character shows two pixels in grey; without, the shade of their mean.
#[must_use]
pub fn draw(pixels: &[f32], shape: [usize; 3], colours: bool) -> String {
    let [channels, height, width] = shape;
    let at = |row: usize, column: usize| {
        if row >= height {
            return 0.0;
        }
        let sum: f32 = (0..channels)
            .map(|c| pixels[(c * height + row) * width + column])
            .sum();
        sum / channels as f32
    };
    let mut text = String::new();
    for row in (0..height).step_by(2) {
        for column in 0..width {
            let (upper, lower) = (at(row, column), at(row + 1, column));
            if colours {
                text += &format!("\x1b[38;5;{};48;5;{}m▀", grey(upper), grey(lower));
            } else {
                text.push(shade((upper + lower) / 2.0));
            }
        }
        text += if colours { "\x1b[0m\n" } else { "\n" };
    }
    text
}

/// Index in the terminal's 256 colours: 232 to 255 are a ramp of greys.
fn grey(value: f32) -> u8 {
    232 + (value.clamp(0.0, 1.0) * 23.0).round() as u8
}

fn shade(value: f32) -> char {
    const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
    SHADES[(value.clamp(0.0, 1.0) * 4.0).round() as usize]
}

#[cfg(test)]
mod tests;
