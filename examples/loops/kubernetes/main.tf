# Each rotation puts the new secret into a Kubernetes Secret, from which the job
# that runs Terraform takes INTEGRATOR_SECRET. Neither state nor plan holds it in
# plaintext.

terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 3.2.1" # those before it fail to create a Secret from data_wo
    }
  }
}

# The secret comes from INTEGRATOR_SECRET, which the job sets.
provider "integrator" {}

variable "recipient" {
  description = "Public key of the identity in INTEGRATOR_AGE_IDENTITY: age-keygen -y key.txt"
  type        = string
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 3600
  rotate_after_days            = 30
  recipients                   = [var.recipient]
}

ephemeral "integrator_decrypted_secret" "example" {
  ciphertext = integrator_api_secret.example.encrypted_secret
}

resource "kubernetes_secret_v1" "integrator" {
  metadata {
    name      = "integrator"
    namespace = "default"
  }
  data_wo = {
    api_secret = ephemeral.integrator_decrypted_secret.example.secret
  }
  data_wo_revision = integrator_api_secret.example.version
}
