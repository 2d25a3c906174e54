//! Files of other kinds that people take for weights, told by their first bytes.

/// What a file is, and what to do to read it, where it begins as a known kind does.
pub(super) fn describe(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const FROM_PYTORCH: &str = "it is read from a file alone, and only if PyTorch 1.6 or later wrote it; else \
        convert it where it was made: safetensors.torch.save_file(torch.load(\"model.pt\", weights_only=True), \
        \"model.safetensors\")";
    const FROM_KERAS: &str = "save the arrays of its layers as conv1.weight, conv1.bias, … in PyTorch's \
        layout with safetensors.numpy.save_file";
    Some(match bytes {
        [b'P', b'K', 3, 4, ..] => match zip_entry(bytes) {
            name if name.ends_with(b".npy") => (
                "a NumPy archive (.npz)",
                "convert it: safetensors.numpy.save_file(dict(numpy.load(\"model.npz\")), \
                 \"model.safetensors\")",
            ),
            name if name.ends_with(b".json") || name.ends_with(b".h5") => {
                ("a Keras model (.keras)", FROM_KERAS)
            }
            // torch.save writes `<name>/data.pkl` first; so does TorchScript.
            _ => (
                "a zip archive, as torch.save writes (a pickle)",
                FROM_PYTORCH,
            ),
        },
        [0x80, 2..=5, ..] => (
            "a pickle, as torch.save wrote before PyTorch 1.6",
            FROM_PYTORCH,
        ),
        [0x89, b'H', b'D', b'F', ..] => ("an HDF5 file, as Keras writes (.h5)", FROM_KERAS),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => (
            "a NumPy array (.npy)",
            "save all arrays in one file with safetensors.numpy.save_file",
        ),
        [b'G', b'G', b'U', b'F', ..] => (
            "a GGUF file",
            "save the weights with safetensors.torch.save_file instead",
        ),
        [0x1f, 0x8b, ..] => ("a gzip file", "unpack it first"),
        [8, 3..=12, 0x12 | 0x1a | 0x22 | 0x3a, ..] => (
            "an ONNX model, by its first bytes",
            "give the weights that it was exported from",
        ),
        _ => return None,
    })
}

/// Name of a zip archive's first entry.
fn zip_entry(bytes: &[u8]) -> &[u8] {
    let length = match bytes.get(26..28) {
        Some(&[low, high]) => usize::from(u16::from_le_bytes([low, high])),
        _ => 0,
    };
    bytes.get(30..30 + length).unwrap_or_default()
}
