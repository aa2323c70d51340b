//! Layers of a VM, and its root as a whole.

use tollgate_protocol::types::{
    BootstrapRootFilesystemRequest, CreateOverlayRequest, ExportSnapshotRequest,
    ImportSnapshotRequest, RequestPayload, RootFilesystemEntry, SealLayerRequest,
};

use super::Vm;
use crate::answered::answered;
use crate::error::Error;

impl Vm {
    /// Puts entries into the root, past the policy, and gives how many they were.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn bootstrap(&self, entries: Vec<RootFilesystemEntry>) -> Result<u32, Error> {
        let asked = BootstrapRootFilesystemRequest { entries };
        let asked = RequestPayload::BootstrapRootFilesystemRequest(asked);
        let answer = answered!(
            self.request(asked).await?,
            RootFilesystemBootstrappedResponse
        )?;
        Ok(answer.entry_count)
    }

    /// Everything that lies in the root, without what is mounted in it.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn snapshot_root(&self) -> Result<Vec<RootFilesystemEntry>, Error> {
        let asked = RequestPayload::SnapshotRootFilesystemRequest;
        let answer = answered!(self.request(asked).await?, RootFilesystemSnapshotResponse)?;
        Ok(answer.entries)
    }

    /// Makes a layer that can be written to, and gives its name, as all of these do.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn create_layer(&self) -> Result<String, Error> {
        let answer = self.request(RequestPayload::CreateLayerRequest).await?;
        Ok(answered!(answer, LayerCreatedResponse)?.layer_id)
    }

    /// Freezes a layer, whose name is another one from then on.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn seal_layer(&self, layer_id: &str) -> Result<String, Error> {
        let layer_id = layer_id.to_owned();
        let asked = RequestPayload::SealLayerRequest(SealLayerRequest { layer_id });
        Ok(answered!(self.request(asked).await?, LayerSealedResponse)?.layer_id)
    }

    /// Makes a frozen layer of entries.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn import_snapshot(
        &self,
        entries: Vec<RootFilesystemEntry>,
    ) -> Result<String, Error> {
        let asked = RequestPayload::ImportSnapshotRequest(ImportSnapshotRequest { entries });
        Ok(answered!(self.request(asked).await?, SnapshotImportedResponse)?.layer_id)
    }

    /// What lies in a layer.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn export_snapshot(&self, layer_id: &str) -> Result<Vec<RootFilesystemEntry>, Error> {
        let layer_id = layer_id.to_owned();
        let asked = RequestPayload::ExportSnapshotRequest(ExportSnapshotRequest { layer_id });
        Ok(answered!(self.request(asked).await?, SnapshotExportedResponse)?.entries)
    }

    /// Stacks layers.
    ///
    /// # Errors
    ///
    /// Every [`Error`].
    pub async fn create_overlay(&self, asked: CreateOverlayRequest) -> Result<String, Error> {
        let answer = self
            .request(RequestPayload::CreateOverlayRequest(asked))
            .await?;
        Ok(answered!(answer, OverlayCreatedResponse)?.layer_id)
    }
}
