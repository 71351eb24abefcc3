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

variable "paused" {
  description = "Whether the secret stays as it is, however old it gets."
  type        = bool
  default     = false
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 300
  rotate_after_days            = var.paused ? null : 30
}
