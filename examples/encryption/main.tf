# Stores the API secret as age ciphertext only.

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

variable "recipients" {
  description = "Public keys that the secret is encrypted for: that of the pipeline, and one kept in a safe place."
  type        = list(string)
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 3600
  rotate_after_days            = 30
  recipients                   = var.recipients
}

output "encrypted_secret" {
  description = "Read it with: terraform output -raw encrypted_secret | age -d -i key.txt"
  value       = integrator_api_secret.example.encrypted_secret
}
