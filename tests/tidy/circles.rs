//! Which files of a crate import which, and whether that goes in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module's path from the crate's root, e.g. `["net", "layout"]`.
type Module = Vec<String>;

/// The modules of a crate that have files of their own, tests left out, with their texts.
fn modules(source: &Path) -> BTreeMap<Module, String> {
    let mut files = Vec::new();
    super::collect(source, &["rs"], &mut files);
    let mut found = BTreeMap::new();
    for file in files {
        let path = file
            .strip_prefix(source)
            .expect("it lies below")
            .with_extension("");
        let mut module: Module = path
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        if module
            .last()
            .is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main"))
        {
            module.pop();
        }
        let is_test = |name: &String| name == "tests" || name == "testing" || name == "samples";
        if !module.iter().any(is_test) {
            let text = super::read(&file);
            let code = text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            found.insert(module, code.to_owned());
        }
    }
    found
}

/// The imports of a text, each as one path of names: private ones, and re-exports.
fn imports(text: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let (mut private, mut public) = (Vec::new(), Vec::new());
    let lines: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n")
        .collect();
    for statement in lines.split(';') {
        let statement = statement.trim_start();
        let Some(at) = ["\nuse ", "use "].iter().find_map(|word| match *word {
            "use " => statement.starts_with(word).then_some(0),
            word => statement.rfind(word).map(|at| at + 1),
        }) else {
            let public_use = ["pub use ", "pub(crate) use ", "pub(super) use "];
            if let Some((word, at)) = public_use
                .iter()
                .find_map(|word| Some((word, statement.rfind(word)?)))
            {
                expand(&statement[at + word.len()..], &[], &mut public);
            }
            continue;
        };
        expand(&statement[at + 4..], &[], &mut private);
    }
    (private, public)
}

/// Adds every path of a `use` tree, each behind `prefix`.
fn expand(tree: &str, prefix: &[String], paths: &mut Vec<Vec<String>>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let plain = tree.split(" as ").next().unwrap_or_default();
        let names = plain.split("::").map(|name| name.trim().to_owned());
        paths.push(prefix.iter().cloned().chain(names).collect());
        return;
    };
    let mut prefix = prefix.to_vec();
    let before = tree[..open].split("::").map(str::trim);
    prefix.extend(before.filter(|name| !name.is_empty()).map(str::to_owned));
    let inner = tree[open + 1..].trim_end().trim_end_matches('}');
    let (mut depth, mut begin) = (0, 0);
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&inner[begin..at], &prefix, paths);
                begin = at + 1;
            }
            _ => {}
        }
    }
    if !inner[begin..].trim().is_empty() {
        expand(&inner[begin..], &prefix, paths);
    }
}

/// The module whose file defines what `path` names, as written in module `from`; `None` for
/// another crate.
fn target(modules: &BTreeMap<Module, String>, from: &Module, path: &[String]) -> Option<Module> {
    let mut module = from.clone();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => {
            module.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|name| name == "super") {
                module.pop();
                rest = &rest[1..];
            }
        }
        child => {
            let mut known = module.clone();
            known.push(child.to_owned());
            modules.get(&known)?;
        }
    }
    while let Some(name) = rest.first() {
        let mut deeper = module.clone();
        deeper.push(name.clone());
        if !modules.contains_key(&deeper) {
            break;
        }
        module = deeper;
        rest = &rest[1..];
    }
    let name = rest.first()?;
    let (_, public) = imports(modules.get(&module)?);
    let exported = public.iter().find(|path| path.last() == Some(name));
    match exported {
        Some(path) if path.as_slice() != rest => target(modules, &module, path).or(Some(module)),
        _ => Some(module),
    }
}

/// Files of a crate that import each other in a circle, in its order; empty where there is none.
pub fn circle(source: &Path) -> Vec<Module> {
    let modules = modules(source);
    let mut arrows: BTreeMap<&Module, BTreeSet<Module>> = BTreeMap::new();
    for (module, text) in &modules {
        let (private, _) = imports(text);
        // A whole module that is imported is used by its path.
        let whole = |path: &Vec<String>| {
            let mut path = path.clone();
            path.push("*".to_owned());
            target(&modules, module, &path)
        };
        let to = private
            .iter()
            .filter_map(|path| target(&modules, module, path).or_else(|| whole(path)));
        arrows.insert(module, to.filter(|to| to != module).collect());
    }
    let mut done = BTreeSet::new();
    for module in modules.keys() {
        if let Some(found) = walk(module, &arrows, &mut Vec::new(), &mut done) {
            return found;
        }
    }
    Vec::new()
}

fn walk(
    module: &Module,
    arrows: &BTreeMap<&Module, BTreeSet<Module>>,
    path: &mut Vec<Module>,
    done: &mut BTreeSet<Module>,
) -> Option<Vec<Module>> {
    if let Some(at) = path.iter().position(|known| known == module) {
        return Some(path[at..].to_vec());
    }
    if done.contains(module) {
        return None;
    }
    path.push(module.clone());
    for next in arrows.get(module).into_iter().flatten() {
        if let Some(found) = walk(next, arrows, path, done) {
            return Some(found);
        }
    }
    path.pop();
    done.insert(module.clone());
    None
}

/// The finder itself: two files that import each other, and two that do not.
#[test]
fn a_circle_is_found() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let write = |name: &str, text: &str| {
        let path: PathBuf = folder.path().join(name);
        std::fs::write(path, text).expect("it can be written");
    };
    write("lib.rs", "mod a;\nmod b;\npub use b::B;\n");
    write("a.rs", "use crate::{\n    B,\n};\npub struct A(B);\n");
    write("b.rs", "pub struct B;\n");
    assert_eq!(circle(folder.path()), Vec::<Module>::new());
    write("b.rs", "use super::a;\npub struct B(a::A);\n");
    assert_eq!(circle(folder.path()), [["a"], ["b"]]);
}
