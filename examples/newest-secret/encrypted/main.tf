terraform {
  required_version = ">= 1.10" # ephemeral resources

  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}

variable "recipient" {
  description = "Public key of the identity in INTEGRATOR_AGE_IDENTITY: age-keygen -y key.txt"
  type        = string
}

# Rotates the secret. The key, the first secret and the age identity come from
# INTEGRATOR_KEY, INTEGRATOR_SECRET and INTEGRATOR_AGE_IDENTITY.
provider "integrator" {
  environment = "sandbox"
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 300
  rotate_after_days            = 30
  recipients                   = [var.recipient]
}

ephemeral "integrator_decrypted_secret" "example" {
  ciphertext = integrator_api_secret.example.encrypted_secret
}

# Signs with the secret in the state, for everything else.
provider "integrator" {
  alias             = "newest"
  environment       = "sandbox"
  integrator_secret = ephemeral.integrator_decrypted_secret.example.secret
}

resource "integrator_webhook" "example" {
  provider = integrator.newest

  url    = "https://example.com/webhooks"
  events = ["payment.completed", "payment.refunded"]
}
