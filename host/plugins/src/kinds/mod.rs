//! What can be loaded as a tool, and how each sort is called.

mod choice;
mod component;
#[cfg(feature = "core-abi")]
mod core_module;
#[cfg(any(feature = "javascript", feature = "python"))]
mod plugin;

use serde_json::Value;
use tollgate::{Component, Host, RunOptions};

use crate::call::{Called, Calling};
#[cfg(not(all(feature = "core-abi", any(feature = "javascript", feature = "python"))))]
use crate::error::Feature;
use crate::error::{InstantiationFailure, ToolError};
use crate::limits::Sort;
use crate::listed::Listed;
use crate::name::ToolName;

/// How what was loaded is called.
pub(crate) enum Kind {
    /// By the types of its functions.
    Component(component::Functions),
    /// By the interface of plugins, with one JSON value.
    #[cfg(any(feature = "javascript", feature = "python"))]
    Plugin(plugin::Plugin),
    /// By bytes at the beginning of its memory.
    #[cfg(feature = "core-abi")]
    CoreModule(core_module::Functions),
}

/// What the first bytes say that it is: what is neither is refused as a component that it is not.
pub(crate) fn sort(bytes: &[u8]) -> Sort {
    match bytes {
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => Sort::CoreModule,
        _ => Sort::Component,
    }
}

/// The interface of plugins, with its version, if the component exports it.
fn plugin_interface(component: &Component) -> Option<&str> {
    const INTERFACE: &str = "tollgate:bridge/plugin@";
    let exports = component.surface().exports.iter();
    let mut names = exports.map(|export| export.name.as_str());
    names.find(|name| name.starts_with(INTERFACE))
}

pub(crate) async fn load(
    host: &Host,
    sort: Sort,
    bytes: Vec<u8>,
) -> Result<(Component, Kind), ToolError> {
    match sort {
        Sort::Component => {
            let (bytes, read) = component::read(bytes).await?;
            let loaded = host.load(bytes).await.map_err(InstantiationFailure::from)?;
            let kind = match plugin_interface(&loaded) {
                #[cfg(any(feature = "javascript", feature = "python"))]
                Some(interface) => Kind::Plugin(plugin::Plugin::new(interface)),
                #[cfg(not(any(feature = "javascript", feature = "python")))]
                Some(_) => return Err(ToolError::FeatureDisabled(Feature::Languages)),
                None => Kind::Component(component::Functions::new(&loaded, read)?),
            };
            Ok((loaded, kind))
        }
        #[cfg(feature = "core-abi")]
        Sort::CoreModule => {
            let (component, functions) = core_module::load(host, bytes).await?;
            Ok((component, Kind::CoreModule(functions)))
        }
        #[cfg(not(feature = "core-abi"))]
        Sort::CoreModule => Err(ToolError::FeatureDisabled(Feature::CoreAbi)),
    }
}

impl Kind {
    #[cfg_attr(
        not(any(feature = "javascript", feature = "python")),
        expect(unused_variables, reason = "only plugins are asked")
    )]
    pub(crate) async fn functions(
        &self,
        component: &Component,
        options: RunOptions,
    ) -> Result<Vec<Listed>, ToolError> {
        match self {
            Self::Component(functions) => Ok(functions.listed()),
            #[cfg(any(feature = "javascript", feature = "python"))]
            Self::Plugin(plugin) => plugin.functions(component, options).await,
            #[cfg(feature = "core-abi")]
            Self::CoreModule(functions) => Ok(functions.listed()),
        }
    }

    pub(crate) async fn call(
        &self,
        name: &ToolName,
        component: &Component,
        calling: Calling<'_>,
        input: Value,
        options: impl Fn() -> RunOptions,
    ) -> Called {
        match self {
            Self::Component(functions) => {
                functions
                    .call(name, component, calling, input, options())
                    .await
            }
            #[cfg(any(feature = "javascript", feature = "python"))]
            Self::Plugin(plugin) => plugin.call(name, component, calling, input, options).await,
            #[cfg(feature = "core-abi")]
            Self::CoreModule(functions) => {
                functions
                    .call(name, component, calling, input, options())
                    .await
            }
        }
    }
}
