//! One of several resources.

use std::fmt;
use std::sync::Arc;

use crate::client::Client;
use crate::options::CallOptions;

/// One of the resources that [`Endpoints`](crate::Endpoints) calls: a client, and its share.
#[derive(Clone)]
pub struct Backend {
    pub(super) client: Client,
    pub(super) name: Arc<str>,
    pub(super) priority: u32,
    pub(super) weight: u32,
    pub(super) home: bool,
    deployments: Vec<(String, String)>,
}

impl Backend {
    /// A backend of priority 0 and weight 1, named as the client's endpoint is.
    pub fn new(client: Client) -> Self {
        Self {
            name: client.endpoint().into(),
            client,
            priority: 0,
            weight: 1,
            home: false,
            deployments: Vec::new(),
        }
    }

    /// What it is called in [`Attempt::backend`](crate::Attempt::backend) and logs.
    #[must_use]
    pub fn named(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = name.into();
        self
    }

    /// Its place in the order; backends of the lowest number are called as long as one of them can
    /// take calls.
    #[must_use]
    pub fn priority(mut self, priority: u32) -> Self {
        self.priority = priority;
        self
    }

    /// Its share of the calls among backends of the same priority. With 0 it gets calls only while
    /// those with a share cannot take them.
    #[must_use]
    pub fn weight(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }

    /// Keeps what has state: files, batches, vector stores and the like. Where no backend is the
    /// home, it is the first of the lowest priority number.
    #[must_use]
    pub fn home(mut self) -> Self {
        self.home = true;
        self
    }

    /// Calls for the deployment `name` go to the deployment `here` of this resource.
    #[must_use]
    pub fn deployment(mut self, name: impl Into<String>, here: impl Into<String>) -> Self {
        self.deployments.push((name.into(), here.into()));
        self
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The client, for a call to the deployment that callers know by this name.
    pub(super) fn client_for(&self, client: &Client, deployment: Option<&str>) -> Client {
        let mut known = self.deployments.iter();
        let Some((_, here)) = known.find(|(name, _)| Some(name.as_str()) == deployment) else {
            return client.clone();
        };
        let options = client.call_options().cloned().unwrap_or_default();
        client.with(CallOptions::deployment(options, here))
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("name", &self.name)
            .field("priority", &self.priority)
            .field("weight", &self.weight)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
