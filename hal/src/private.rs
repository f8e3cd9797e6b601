//! The one box in which personal values travel.

use std::fmt;

use zeroize::Zeroize;

/// A personal value: boxed so that moving it leaves no copy behind, overwritten with zeros when dropped.
///
/// It has no `Display` and no `Serialize`, and its `Debug` shows the type only: a log line, a panic message
/// or a snapshot that meets one cannot tell whose it was. Reading takes a visible [`Private::reveal`].
pub struct Private<T: Zeroize>(Box<T>);

impl<T: Zeroize> Private<T> {
    /// Puts `value` into the box.
    pub fn new(value: T) -> Self {
        Self(Box::new(value))
    }

    /// The value itself. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn reveal(&self) -> &T {
        &self.0
    }

    /// The value itself, to be changed in place (a PIN while it is typed).
    pub fn reveal_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize> Drop for Private<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Private<{}>", std::any::type_name::<T>())
    }
}

impl<T: Zeroize + Clone> Clone for Private<T> {
    fn clone(&self) -> Self {
        Self::new(T::clone(&self.0))
    }
}

impl<T: Zeroize + PartialEq> PartialEq for Private<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Zeroize + Eq> Eq for Private<T> {}

impl From<&str> for Private<String> {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_message_meets_a_private_value() {
        let shown = format!("{:?}", Some(Private::from("190001196705120015")));
        assert_eq!(shown, "Some(Private<alloc::string::String>)");
    }
}
