//! The clouds that Azure OpenAI runs in.

use crate::provider::Audience;

/// A cloud: who signs its tokens, and whom they are for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cloud {
    /// Azure for everyone.
    #[default]
    Public,
    /// Azure for the government of the United States.
    UsGovernment,
    /// Azure in China, operated by 21Vianet.
    China,
    /// Another cloud, such as one of Azure Local's.
    Custom(CustomCloud),
}

/// What must be known of a cloud that is not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomCloud {
    /// Where tokens come from, such as `https://login.example.com`.
    pub authority: String,
    /// The scope of tokens for Azure OpenAI, on either surface.
    pub audience: Audience,
    /// Where resources are managed, such as `https://management.example.com`.
    pub resource_manager: String,
}

impl CustomCloud {
    /// A cloud by its three addresses.
    pub fn new(
        authority: impl Into<String>,
        audience: Audience,
        resource_manager: impl Into<String>,
    ) -> Self {
        Self {
            authority: authority.into(),
            audience,
            resource_manager: resource_manager.into(),
        }
    }
}

impl Cloud {
    /// The cloud that a host name such as `contoso.openai.azure.us` lies in, if it tells. Those of
    /// gateways in API Management do.
    pub fn of_host(host: &str) -> Option<Self> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let clouds = [
            (".azure.com", Self::Public),
            (".cognitive.microsoft.com", Self::Public),
            (".azure-api.net", Self::Public),
            (".azure.us", Self::UsGovernment),
            (".cognitive.microsoft.us", Self::UsGovernment),
            (".azure-api.us", Self::UsGovernment),
            (".azure.cn", Self::China),
            (".azure-api.cn", Self::China),
        ];
        let (_, cloud) = clouds
            .into_iter()
            .find(|(suffix, _)| host.ends_with(suffix))?;
        Some(cloud)
    }

    /// Whom tokens for the v1 surface are for.
    ///
    /// Outside the public cloud it is the audience of the dated surface, which v1 takes, too.
    pub fn v1_audience(&self) -> Audience {
        match self {
            Self::Public => Audience::AI,
            _ => self.dated_audience(),
        }
    }

    /// Whom tokens for the dated surface are for.
    pub fn dated_audience(&self) -> Audience {
        match self {
            Self::Public => Audience::COGNITIVE_SERVICES,
            Self::UsGovernment => Audience::new("https://cognitiveservices.azure.us/.default"),
            Self::China => Audience::new("https://cognitiveservices.azure.cn/.default"),
            Self::Custom(cloud) => cloud.audience.clone(),
        }
    }

    /// Where the cloud's resources are managed.
    pub fn resource_manager(&self) -> &str {
        match self {
            Self::Public => "https://management.azure.com",
            Self::UsGovernment => "https://management.usgovcloudapi.net",
            Self::China => "https://management.chinacloudapi.cn",
            Self::Custom(cloud) => &cloud.resource_manager,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn a_host_name_tells_its_cloud() {
        for (host, cloud) in [
            ("contoso.openai.azure.com", Some(Cloud::Public)),
            ("contoso.services.ai.azure.com", Some(Cloud::Public)),
            ("Contoso.OpenAI.Azure.US.", Some(Cloud::UsGovernment)),
            ("eastus.api.cognitive.microsoft.com", Some(Cloud::Public)),
            ("contoso.openai.azure.cn", Some(Cloud::China)),
            ("contoso.azure-api.net", Some(Cloud::Public)),
            ("contoso.azure-api.us", Some(Cloud::UsGovernment)),
            ("contoso.azure-api.cn", Some(Cloud::China)),
            ("gateway.example.com", None),
            ("azure.us", None),
            ("contoso.azure.us.example.com", None),
        ] {
            assert_eq!(Cloud::of_host(host), cloud, "{host}");
        }
    }

    #[test]
    fn each_cloud_has_its_audiences_and_its_management() {
        let custom = Cloud::Custom(CustomCloud::new(
            "https://login.example.com",
            Audience::new("https://ai.example.com/.default"),
            "https://management.example.com",
        ));
        for (cloud, v1, dated, manager) in [
            (
                Cloud::Public,
                "https://ai.azure.com/.default",
                "https://cognitiveservices.azure.com/.default",
                "https://management.azure.com",
            ),
            (
                Cloud::UsGovernment,
                "https://cognitiveservices.azure.us/.default",
                "https://cognitiveservices.azure.us/.default",
                "https://management.usgovcloudapi.net",
            ),
            (
                Cloud::China,
                "https://cognitiveservices.azure.cn/.default",
                "https://cognitiveservices.azure.cn/.default",
                "https://management.chinacloudapi.cn",
            ),
            (
                custom,
                "https://ai.example.com/.default",
                "https://ai.example.com/.default",
                "https://management.example.com",
            ),
        ] {
            for (audience, scope) in [(cloud.v1_audience(), v1), (cloud.dated_audience(), dated)] {
                assert_eq!(audience.scope(), scope);
                // However it is handed on.
                assert_eq!(audience.to_string(), scope);
                assert_eq!(Cow::from(audience.clone()), scope);
                assert_eq!(Audience::new(Cow::from(audience.clone())), audience);
            }
            assert_eq!(cloud.resource_manager(), manager);
        }
    }
}
