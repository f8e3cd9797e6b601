//! A terminal's line to an agency without the terminal: for tests and benches of the calls themselves.

use std::path::Path;

use kiosk::agency::client::Credentials;

/// With what a terminal calls the agency at `url`; `certs` is what `agency certs` wrote.
///
/// # Errors
/// A certificate is not there.
pub fn credentials(url: &str, certs: &Path, terminal: &str) -> Result<Credentials, String> {
    let path = |name: &str| certs.join(name).display().to_string();
    let (authority, certificate, key) =
        (path("ca.pem"), path(&format!("{terminal}.pem")), path(&format!("{terminal}-key.pem")));
    let site = format!(
        r#"[terminal]
id = "{terminal}"
hall = "示范区社会保险服务大厅"
number = "3"
help_desk = "大厅 1 号服务台"

[agency]
url = "{url}"
ca_file = "{authority}"
certificate_file = "{certificate}"
key_file = "{key}"
seal_to = "age1tvtja49h2pt0alqafeg074hgnmhj7ehjx002slv7d2srgzcdxqfse0y9x0"

[devices.card]
reader = "none"

[storage]
directory = "/nonexistent"
scratch = "/nonexistent"
"#
    );
    let site = toml::from_str(&site).map_err(|error| error.to_string())?;
    Credentials::read(&site).map_err(|error| error.to_string())
}
