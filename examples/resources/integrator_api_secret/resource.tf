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

variable "rotation" {
  description = "Change this to rotate the secret."
  type        = string
  default     = "1"
}

resource "integrator_api_secret" "example" {
  # The old secret keeps working for five minutes after each rotation.
  old_secret_valid_for_seconds = 300

  rotate_when_changed = {
    rotation = var.rotation
  }
}

output "api_secret" {
  description = "Read it with: terraform output -raw api_secret"
  value       = integrator_api_secret.example.secret
  sensitive   = true
}

output "old_secret_expires_at" {
  value = integrator_api_secret.example.old_secret_expires_at
}
