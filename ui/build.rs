//! Compiles the pages; the pictures come from a library of icons.

fn main() -> Result<(), slint_build::CompileError> {
    let libraries = [("lucide".to_owned(), lucide_slint::lib().into())].into();
    // The hall finds buttons by their labels, which takes the element tree; the shipping build does without.
    let headless = std::env::var_os("CARGO_FEATURE_HEADLESS").is_some();
    let config = slint_build::CompilerConfiguration::new().with_library_paths(libraries).with_debug_info(headless);
    slint_build::compile_with_config("slint/window.slint", config)
}
