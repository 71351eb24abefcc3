terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}

# The key and the secret come from INTEGRATOR_KEY and INTEGRATOR_SECRET.
provider "integrator" {
  environment = "sandbox"
}

variable "age_identity" {
  description = "Content of an age identity file; a private key of one of the recipients."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "recipient" {
  description = "Public key of the identity: age-keygen -y key.txt"
  type        = string
}

variable "rotation" {
  description = "Change this to rotate the secret."
  type        = string
  default     = "1"
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 300
  recipients                   = [var.recipient]
  rotate_when_changed          = { rotation = var.rotation }
}

# Opened in memory, during apply where the secret is new.
ephemeral "integrator_decrypted_secret" "example" {
  ciphertext   = integrator_api_secret.example.encrypted_secret
  age_identity = var.age_identity
}

# Any resource with a write-only argument takes the secret in the same apply. The
# version tells it when there is a new one. This one delivers the secret that
# signs webhooks; a secret store's resource is used in the same way.
resource "integrator_webhook_secret" "example" {
  secret_wo         = ephemeral.integrator_decrypted_secret.example.secret
  secret_wo_version = integrator_api_secret.example.version
}
