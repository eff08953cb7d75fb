//! The methods of the facade, each with a path of its own.

/// A method of the facade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Initialize,
    Release,
    Get,
    Set,
    Subscribe,
    Unsubscribe,
}

impl Method {
    const ALL: [(&'static str, Self); 6] = [
        ("initialize", Self::Initialize),
        ("release", Self::Release),
        ("get", Self::Get),
        ("set", Self::Set),
        ("subscribe", Self::Subscribe),
        ("unsubscribe", Self::Unsubscribe),
    ];

    /// The method with this path below the API's.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(name, _)| *name == path).map(|(_, method)| method)
    }

    /// All paths below the API's.
    pub fn paths() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().map(|(path, _)| path)
    }

    /// As journal and rules name those that are an operation by themselves. A get or set goes by what it asks for.
    pub fn operation(self) -> Option<&'static str> {
        Self::ALL
            .into_iter()
            .find(|(_, method)| *method == self && !matches!(self, Self::Get | Self::Set))
            .map(|(name, _)| name)
    }

    /// All that are an operation by themselves.
    pub fn operations() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter_map(|(_, method)| method.operation())
    }
}
