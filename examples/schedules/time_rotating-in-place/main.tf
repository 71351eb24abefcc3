terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
    time = {
      source = "hashicorp/time"
    }
  }
}

# The key and the secret come from INTEGRATOR_KEY and INTEGRATOR_SECRET.
provider "integrator" {}

resource "time_rotating" "monthly" {
  rotation_days = 30
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 3600

  # Pass the time itself. It is unknown in the plan that renews it, and so
  # rotates the secret in place.
  rotate_when_changed = {
    schedule = time_rotating.monthly.rotation_rfc3339
  }
}
