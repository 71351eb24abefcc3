# Vault or OpenBao hands the provider the secret that signs, and each rotation
# puts the new one back. Neither state nor plan holds it in plaintext.

terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
    vault = {
      source  = "hashicorp/vault"
      version = "~> 5.0"
    }
  }
}

variable "recipient" {
  description = "Public key of the identity in INTEGRATOR_AGE_IDENTITY: age-keygen -y key.txt"
  type        = string
}

ephemeral "vault_kv_secret_v2" "integrator" {
  mount = "secret"
  name  = "integrator"
}

provider "integrator" {
  integrator_secret = ephemeral.vault_kv_secret_v2.integrator.data.api_secret
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 3600
  rotate_after_days            = 30
  recipients                   = [var.recipient]
}

ephemeral "integrator_decrypted_secret" "example" {
  ciphertext = integrator_api_secret.example.encrypted_secret
}

resource "vault_kv_secret_v2" "integrator" {
  mount                = "secret"
  name                 = "integrator"
  data_json_wo         = jsonencode({ api_secret = ephemeral.integrator_decrypted_secret.example.secret })
  data_json_wo_version = integrator_api_secret.example.version
}
