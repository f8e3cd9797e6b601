//! Compiles the pages; the pictures come from a library of icons.

fn main() -> Result<(), slint_build::CompileError> {
    let libraries = [("lucide".to_owned(), lucide_slint::lib().into())].into();
    slint_build::compile_with_config(
        "slint/window.slint",
        slint_build::CompilerConfiguration::new().with_library_paths(libraries),
    )
}
